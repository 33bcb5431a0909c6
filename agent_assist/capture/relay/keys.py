"""The relay's token and the desks' signing secrets. They lie in the system keyring and nowhere else.

There is no passphrase in their place where no keyring runs, unlike with the history's key: a relay is for somebody who
sits at this desktop, and a token in a file would be one more thing to steal.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Way
from agent_assist.secrets import keep_secret, kept_secret

DESKS = (Way.CHATWOOT, Way.ZAMMAD)

_TOKEN = "relay token"  # noqa: S105  # a name, not a token
_TOKEN_BYTES = 32
_MAX_SECRET = 1000


@dataclass(frozen=True, slots=True)
class Keys:
    """What a request has to prove.

    Attributes:
        token: that every request carries.
        secrets: what a desk signs with, of those desks whose secret is kept.
    """

    token: str = field(repr=False)
    secrets: dict[Way, str] = field(default_factory=dict, repr=False)


def relay_token(places: Places) -> str:
    """The token; made on first use. Raises as `secrets.kept_secret` does."""
    return kept_secret(places, _TOKEN) or new_relay_token(places)


def new_relay_token(places: Places) -> str:
    """Makes a new token; the one before counts no longer. Raises as `secrets.kept_secret` does."""
    token = random.token_urlsafe(_TOKEN_BYTES)
    keep_secret(places, _TOKEN, token)
    return token


def keep_desk_secret(places: Places, desk: Way, secret: str) -> None:
    """Keeps what a desk signs with.

    Raises:
        KnownError: it cannot be one, or the keyring does not take it.
    """
    bare = secret.strip()
    if not bare or len(bare) > _MAX_SECRET or not bare.isprintable():
        raise KnownError(
            f"This is not a secret to sign with: it has to be one line of 1 to {_MAX_SECRET:,} characters. "
            f"Copy it from {desk.value.capitalize()}."
        )
    keep_secret(places, _secret_of(desk), bare)


def forget_desk_secret(places: Places, desk: Way) -> None:
    """Signatures of this desk are checked no longer. Raises as `secrets.kept_secret` does."""
    keep_secret(places, _secret_of(desk), None)


def all_keys(places: Places, desks: Iterable[Way]) -> Keys:
    """The token and the secrets of these desks. Raises as `secrets.kept_secret` does."""
    kept = {desk: kept_secret(places, _secret_of(desk)) for desk in desks}
    return Keys(relay_token(places), {desk: secret for desk, secret in kept.items() if secret})


def _secret_of(desk: Way) -> str:
    return f"relay secret of {desk.value}"
