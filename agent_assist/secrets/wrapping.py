"""Keys from what a person types, keys wrapped in keys, keys made of keys: the only cryptography of this room."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agent_assist.errors import KnownError

KEY_BYTES = 32
PASSPHRASE_LENGTH = 8

# RFC 9106's second recommendation (64 MiB, three passes), one lane because two cores are shared with the model: 0.14 s.
_MEMORY_KIB = 65_536
_PASSES = 3


class Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="argon2id-aes256gcm", tag_field="kind"):
    """A key sealed with AES-256-GCM under Argon2id (RFC 9106) of what a person types."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    # Bounded, so that a damaged file cannot ask for all memory or for minutes.
    memory_kib: Annotated[int, msgspec.Meta(ge=8_192, le=1_048_576)] = _MEMORY_KIB
    passes: Annotated[int, msgspec.Meta(ge=1, le=16)] = _PASSES
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key sealed with AES-256-GCM under another key."""

    nonce: bytes
    sealed: bytes


def subkey(key: bytes, purpose: str) -> bytes:
    """A key for one purpose alone, 32 bytes, by HKDF-SHA256 (RFC 5869).

    Args:
        key: the database key, 32 random bytes.
        purpose: a few words of ours, always the same for the same use.
    """
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"agent-assist " + purpose.encode()).derive(key)


def fingerprint(key: bytes) -> str:
    """Tells one key from another. Of a random 256-bit key a hash gives nothing away."""
    return hashlib.sha256(b"agent-assist key " + key.hex().encode()).hexdigest()


def is_key(key: bytes, known: str) -> bool:
    """Whether a key has this fingerprint; in the time that it takes to compare any two."""
    return hmac.compare_digest(fingerprint(key), known)


def check_passphrase(passphrase: str) -> None:
    """Looks at a new passphrase.

    Raises:
        KnownError: it is too short.
    """
    if len(passphrase) < PASSPHRASE_LENGTH:
        raise KnownError(f"The passphrase is too short: it needs at least {PASSPHRASE_LENGTH} characters.")


def wrap(key: bytes, typed: str, bound: str) -> Wrapped:
    """Wraps a key; takes 0.14 s and 64 MiB, which is what a thief pays for each guess.

    Args:
        key: what is wrapped.
        typed: a passphrase or recovery words.
        bound: what has to be said again to open it, so that one file's wrap fits into no other.
    """
    draft = Wrapped(salt=os.urandom(16), nonce=os.urandom(12), sealed=b"")
    sealed = AESGCM(_stretch(draft, typed)).encrypt(draft.nonce, key, bound.encode())
    return msgspec.structs.replace(draft, sealed=sealed)


def unwrap(wrapped: Wrapped, typed: str, bound: str) -> bytes | None:
    """The key; None where `typed` does not open it."""
    try:
        return AESGCM(_stretch(wrapped, typed)).decrypt(wrapped.nonce, wrapped.sealed, bound.encode())
    except InvalidTag:
        return None


def seal_next(key: bytes, following: bytes, bound: str) -> Sealed:
    """Seals the key of a re-key under the one before, so that whatever opens that one opens both."""
    nonce = os.urandom(12)
    return Sealed(nonce, AESGCM(subkey(key, "next key")).encrypt(nonce, following, bound.encode()))


def seal_before(key: bytes, before: bytes, bound: str) -> Sealed:
    """Seals a key that was in use before under the one that is now: for backups that were away during a re-key."""
    nonce = os.urandom(12)
    return Sealed(nonce, AESGCM(subkey(key, "key before")).encrypt(nonce, before, bound.encode()))


def open_before(key: bytes, sealed: Sealed, bound: str) -> bytes | None:
    """What `seal_before` sealed; None where the key is another one."""
    try:
        return AESGCM(subkey(key, "key before")).decrypt(sealed.nonce, sealed.sealed, bound.encode())
    except InvalidTag:
        return None


def open_next(key: bytes, sealed: Sealed, bound: str) -> bytes | None:
    """What `seal_next` sealed; None where the key is another one."""
    try:
        return AESGCM(subkey(key, "next key")).decrypt(sealed.nonce, sealed.sealed, bound.encode())
    except InvalidTag:
        return None


def _stretch(wrapped: Wrapped, typed: str) -> bytes:
    # NFC, because keyboards of different systems compose accents differently (RFC 8265, OpaqueString).
    secret = unicodedata.normalize("NFC", typed).encode("utf-8", "surrogatepass")
    salt, passes, lanes, memory = wrapped.salt, wrapped.passes, wrapped.lanes, wrapped.memory_kib
    return Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory).derive(secret)
