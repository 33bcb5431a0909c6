"""Which bodies are believed to be the desk's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.capture.relay.answers import Answer
from agent_assist.capture.relay.signatures import (
    MAX_AGE,
    OLD,
    UNSIGNED,
    WRONG,
    refuse_signature,
    signed_chatwoot,
    signed_zammad,
)
from agent_assist.records import Way

NOW = 1767607200
SECRET = "whk_9f3c"
BODY = '{"event":"message_created","content":"Grüße"}'.encode()
# printf '1767607200.{"event":…}' | openssl dgst -sha256 -hmac whk_9f3c
CHATWOOT = "sha256=acdd833286053015645e3ad499db4159754420ee4e0aac7eacf147e295bce286"
TICKET = '{"ticket":{"number":"10081"},"article":{"body":"Grüße"}}'.encode()
# printf '{"ticket":…}' | openssl dgst -sha1 -hmac zammad-token
ZAMMAD = "sha1=b6b84046365b7846c8909f9e72557a149bcf32d9"


def chatwoot(
    signature: str | None = CHATWOOT,
    stamp: str | None = str(NOW),
    *,
    body: bytes = BODY,
    now: float = NOW,
    secret: str | None = SECRET,
) -> Answer | None:
    given = {"X_CHATWOOT_SIGNATURE": signature, "X_CHATWOOT_TIMESTAMP": stamp}
    headers = {name: value for name, value in given.items() if value is not None}
    return refuse_signature(Way.CHATWOOT, secret, headers, body, now)


def zammad(signature: str | None, body: bytes = TICKET, secret: str | None = "zammad-token") -> Answer | None:
    headers = {} if signature is None else {"X_HUB_SIGNATURE": signature}
    return refuse_signature(Way.ZAMMAD, secret, headers, body, NOW)


def test_what_another_program_signed_is_believed() -> None:
    assert signed_chatwoot(SECRET, str(NOW), BODY) == CHATWOOT
    assert signed_zammad("zammad-token", TICKET) == ZAMMAD
    assert chatwoot() is None
    assert zammad(ZAMMAD) is None


def test_another_body_secret_time_or_signature_is_not() -> None:
    assert chatwoot(body=BODY + b" ") is WRONG
    assert chatwoot(secret="whk_9f3d") is WRONG
    assert chatwoot(stamp=str(NOW + 1)) is WRONG, "the time is signed, too"
    assert chatwoot(CHATWOOT[:-1]) is WRONG
    assert chatwoot(CHATWOOT.removeprefix("sha256=")) is WRONG
    assert zammad(ZAMMAD, TICKET + b" ") is WRONG
    assert zammad("sha1=") is WRONG
    assert zammad(ZAMMAD, secret="another") is WRONG


@pytest.mark.parametrize("signature", ["", "é", "\udcff", "sha256=" + "0" * 100_000])
def test_a_strange_signature_is_wrong(signature: str) -> None:
    assert chatwoot(signature) is WRONG
    assert zammad(signature) is WRONG


def test_with_a_secret_nothing_comes_in_unsigned() -> None:
    assert chatwoot(None) is UNSIGNED
    assert chatwoot(stamp=None) is UNSIGNED
    assert zammad(None) is UNSIGNED
    assert refuse_signature(Way.ZAMMAD, SECRET, {"X_CHATWOOT_SIGNATURE": CHATWOOT}, BODY, NOW) is UNSIGNED


def test_without_a_secret_only_the_time_is_looked_at() -> None:
    assert chatwoot(None, None, secret=None) is None
    assert chatwoot("sha256=0", secret=None) is None
    assert chatwoot(now=NOW + MAX_AGE + 1, secret=None) is OLD
    assert zammad(None, secret=None) is None


@pytest.mark.parametrize(("apart", "fresh"), [(0, True), (MAX_AGE, True), (MAX_AGE + 1, False), (10 * MAX_AGE, False)])
def test_a_time_counts_for_five_minutes_either_way(apart: int, fresh: bool) -> None:
    for now in (NOW + apart, NOW - apart):
        assert chatwoot(now=now) is (None if fresh else OLD)


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "١٧٦٧٦٠٧٢٠٠", "9" * 13, "1767607200.5", " 1767607200"])
def test_a_strange_time_is_old(stamp: str) -> None:
    assert chatwoot(stamp=stamp) is OLD


@given(secret=st.text(min_size=1), body=st.binary(), other=st.binary())
def test_a_signature_belongs_to_one_body(secret: str, body: bytes, other: bytes) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    signature = signed_zammad(secret, body)
    assert (zammad(signature, other, secret) is None) == (body == other)
    signature = signed_chatwoot(secret, str(NOW), body)
    assert (chatwoot(signature, body=other, secret=secret) is None) == (body == other)
