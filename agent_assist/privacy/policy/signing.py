"""Ed25519 keys and signatures (RFC 8032) of a site's policy; the same files that OpenSSL reads and writes.

A signature is over the exact bytes of the file and stands beside it, in base64, as `policy.toml.sig`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from agent_assist.errors import KnownError
from agent_assist.paths import read_plain

SUFFIX = ".sig"
PRIVATE, PUBLIC = "policy-key.pem", "policy-key.pub"
MOST_BYTES = 1_000_000
"""Of a policy, a key or a signature: more is not read."""


def read_bytes(path: Path, what: str) -> bytes:
    """The bytes of a small file.

    Raises:
        KnownError: it cannot be read, or is no small file.
    """
    try:
        data = read_plain(path, MOST_BYTES + 1)
    except OSError as error:
        raise KnownError(f"The {what} {path} cannot be read ({error.strerror}).") from error
    if len(data) > MOST_BYTES:
        raise KnownError(f"The {what} {path} is larger than {MOST_BYTES:,} bytes: it is none.")
    return data


def public_key(path: Path) -> bytes:
    """The 32 bytes of a public key from its PEM file.

    Raises:
        KnownError: it is no such file.
    """
    return public_key_in(read_bytes(path, "key file"), path)


def public_key_in(pem: bytes, path: Path) -> bytes:
    """The 32 bytes of a public key from the text of its file. Raises as `public_key` does."""
    wrong = f"{path} is no public Ed25519 key. Make a pair with: agent-assist policy keygen DIR"
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KnownError(wrong) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KnownError(wrong)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_pem(public: bytes) -> bytes:
    """A public key as a file holds it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(public: bytes) -> str:
    """A public key in words that two people can compare: SHA-256 of its 32 bytes, the first 32 hex digits."""
    digits = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(digits[k : k + 4] for k in range(0, 32, 4))


def make_pair(folder: Path) -> tuple[Path, Path]:
    """A new pair of keys in a folder: the private one, readable by this person alone, and the public one.

    Raises:
        KnownError: they cannot be written, or there are some already.
    """
    key = Ed25519PrivateKey.generate()
    private, public = folder / PRIVATE, folder / PUBLIC
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data, mode in (
            (private, pem, 0o600),
            (public, public_pem(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), 0o644),
        ):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123  # a mode
                file.write(data)
    except FileExistsError as error:
        raise KnownError(f"There is a key in {folder} already. Choose another folder.") from error
    except OSError as error:
        raise KnownError(f"The keys cannot be written to {folder} ({error.strerror}).") from error
    return private, public


def sign(path: Path, private: Path) -> Path:
    """Signs a file as it stands; the signature's file, which replaces one before it.

    Raises:
        KnownError: the file or the key cannot be read, or the signature cannot be written.
    """
    wrong = f"{private} is no private Ed25519 key without a passphrase. Make one with: agent-assist policy keygen DIR"
    try:
        key = load_pem_private_key(read_bytes(private, "key file"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KnownError(wrong) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KnownError(wrong)
    made = path.with_name(path.name + SUFFIX)
    try:
        made.write_bytes(base64.b64encode(key.sign(read_bytes(path, "file"))) + b"\n")
    except OSError as error:
        raise KnownError(f"The signature cannot be written to {made} ({error.strerror}).") from error
    return made


def holds(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether a signature, in base64, is that of `data` by the key."""
    try:
        given = base64.b64decode(b"".join(signature.split()), validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(given, data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
