"""Whether a body was signed with the desk's secret.

What desks send, as their own sources and documentation say:

- Chatwoot signs account webhooks since 4.11.2, those of API inboxes and bots since 4.13.0: `X-Chatwoot-Signature` is
  `sha256=` and the hexadecimal HMAC-SHA256 of `{X-Chatwoot-Timestamp}.{body}`, the timestamp being seconds since 1970
  (chatwoot/chatwoot, pull requests 13573 and 13892, comment of 2026-05-22 in issue 13862). It sends no header of
  one's own, so that the token has to stand in the address.
- Zammad signs where a "HMAC SHA1 Signature Token" is given: `X-Hub-Signature` is `sha1=` and the hexadecimal HMAC-SHA1
  of the body (zammad/zammad, lib/user_agent.rb; Zammad Admin Documentation, "Adding Webhooks"), without a time. It can
  send `Authorization: Bearer`, in earlier versions basic authentication alone.

SHA-1 is broken for collisions, not as a key's HMAC (RFC 6194, section 3.3); Zammad has no other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus

from agent_assist.capture.relay.answers import Answer
from agent_assist.records import Way

MAX_AGE = 300
"""Seconds that a signed request may be old, or early where the two clocks differ; what Chatwoot itself advises."""

_TIMESTAMP = "X_CHATWOOT_TIMESTAMP"
_SECONDS = re.compile(r"[0-9]{1,12}")

OLD = Answer(
    HTTPStatus.UNAUTHORIZED, f"The timestamp is not within {MAX_AGE // 60} minutes of now; the two clocks may differ."
)
UNSIGNED = Answer(HTTPStatus.UNAUTHORIZED, "The request is not signed, and a secret is kept for this desk.")
WRONG = Answer(HTTPStatus.UNAUTHORIZED, "The signature is wrong: the desk signs with another secret, or not this body.")


def refuse_signature(
    desk: Way, secret: str | None, headers: Mapping[str, str], body: bytes, now: float
) -> Answer | None:
    """Why a body is not believed to be the desk's; None where it is.

    Args:
        desk: Chatwoot or Zammad.
        secret: what the desk signs with; None where none is kept: then a timestamp is looked at, no signature.
        headers: as in `Head`.
        body: as it came.
        now: seconds since 1970.
    """
    stamp = headers.get(_TIMESTAMP) if desk is Way.CHATWOOT else None
    if stamp is not None and not _is_fresh(stamp, now):
        return OLD
    if secret is None:
        return None
    given = headers.get("X_CHATWOOT_SIGNATURE" if desk is Way.CHATWOOT else "X_HUB_SIGNATURE")
    if given is None or (desk is Way.CHATWOOT and stamp is None):
        return UNSIGNED
    right = signed_chatwoot(secret, stamp, body) if stamp is not None else signed_zammad(secret, body)
    return None if hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), right.encode()) else WRONG


def signed_chatwoot(secret: str, stamp: str, body: bytes) -> str:
    """The header that Chatwoot sends with a body at a time."""
    return "sha256=" + hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def signed_zammad(secret: str, body: bytes) -> str:
    """The header that Zammad sends with a body."""
    return "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def _is_fresh(stamp: str, now: float) -> bool:
    return _SECONDS.fullmatch(stamp) is not None and abs(now - int(stamp)) <= MAX_AGE
