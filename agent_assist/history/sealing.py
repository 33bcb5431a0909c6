"""Text sealed with the key of its own conversation: who destroys the key has erased the text, wherever copies lie."""

from __future__ import annotations

import os
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent_assist.errors import BugError

T = TypeVar("T")

_NONCE_BYTES = 12  # 96 random bits: one key seals a conversation's rows, far below the 2^32 of NIST SP 800-38D
_INDEX_BYTES = 8
_encoder = msgspec.msgpack.Encoder()


class Sealer:
    """Seals and opens values with one key: AES-256-GCM over MessagePack.

    Kind and index of a row are authenticated with it, so that no row can stand in the place of another.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, kind: str, index: int, value: object) -> bytes:
        """A value as it lies in the file: nonce, ciphertext and tag.

        Args:
            kind: what it is ("turn"), one for each table.
            index: its place among those of its kind and key, from 0.
            value: a record, or anything else that msgspec can write.

        Raises:
            UnicodeEncodeError: a text has lone surrogates, which no file can hold.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, _encoder.encode(value), _place(kind, index))

    def open(self, kind: str, index: int, sealed: bytes, shape: type[T]) -> T:
        """The value that was sealed.

        Args:
            kind: as it was sealed.
            index: as it was sealed.
            sealed: what `seal` returned.
            shape: the type to read it as.

        Raises:
            BugError: the seal is of another key or place, was changed, or holds another shape.
        """
        nonce, sealed = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return msgspec.msgpack.decode(self._cipher.decrypt(nonce, sealed, _place(kind, index)), type=shape)
        except (InvalidTag, ValueError, msgspec.DecodeError):
            # Not chained: what cannot be decoded is text of a conversation.
            raise BugError("a sealed row of the history does not open, or has not the shape of its record") from None


def _place(kind: str, index: int) -> bytes:
    return kind.encode() + index.to_bytes(_INDEX_BYTES, "big", signed=True)
