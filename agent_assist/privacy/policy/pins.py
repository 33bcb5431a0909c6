"""Which key signs this installation's policy: pinned once, and not exchanged by whoever comes along.

A pin in the system's folder counts before one in the data folder: an agent can delete the latter, for the data folder
is the agent's own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.privacy.policy import place
from agent_assist.privacy.policy.signing import (
    SUFFIX,
    fingerprint,
    holds,
    public_key,
    public_key_in,
    public_pem,
    read_bytes,
)

FILE = "policy.pub"


@dataclass(frozen=True, slots=True)
class Pin:
    """The key that is pinned.

    Attributes:
        public: its 32 bytes.
        path: the file that pins it.
        system: whether that is the system's, which the agent cannot change.
    """

    public: bytes
    path: Path
    system: bool


def find_pin(places: Places, system: Path | None = None) -> Pin | None:
    """The key that is pinned; None where none is.

    Args:
        places: of this installation.
        system: the system's folder; None for that of this machine.

    Raises:
        KnownError: the file that pins it is damaged or cannot be read; in words that say who mends it and how.
    """
    for folder, shared in ((system or place.system_folder(), True), (places.home, False)):
        path = folder / FILE
        if os.path.lexists(path):  # a broken link, too, was meant to be a pin
            try:
                return Pin(public_key(path), path, shared)
            except KnownError as error:
                raise KnownError(_damaged(path, system=shared)) from error
    return None


def _damaged(path: Path, *, system: bool) -> str:
    mended = (
        "This machine's administrator lays the site's public key there again."
        if system
        else "The command agent-assist policy pin KEYFILE --replace pins the site's public key again."
    )
    return f"The pinned key {path} is damaged or cannot be read. {mended}"


def pin(places: Places, key_file: Path, *, replace: bool = False, system: Path | None = None) -> Pin:
    """Pins a public key in the data folder.

    Args:
        places: of this installation.
        key_file: the public key, in PEM; beside it, `.sig`: its signature by the key pinned before, if there is one.
        replace: the person who owns the data folder wants it without that signature.
        system: the system's folder; None for that of this machine.

    Raises:
        KnownError: it is no key, the system pins one already, another one (or a damaged one) is pinned and neither has
            signed this one nor is to be replaced, or the pin cannot be written.
    """
    pem = read_bytes(key_file, "key file")
    public = public_key_in(pem, key_file)
    here = places.home / FILE
    before = None if replace and not _in_system(system) else find_pin(places, system)
    if before is not None and before.public == public:
        return before
    if before is not None and before.system:
        raise KnownError(f"This machine's administrator has pinned a key in {before.path}: it is changed there alone.")
    if before is not None and not _signed(before.public, pem, key_file):
        raise KnownError(
            f"Another key is pinned ({fingerprint(before.public)}). Have it sign the new one with: agent-assist policy "
            f"sign {key_file.name} --key OLD-PRIVATE-KEY; where that is lost, pin the new one with --replace."
        )
    fresh = here.with_name(f"{FILE}.{os.urandom(4).hex()}")
    try:
        with fresh.open("wb") as file:
            file.write(public_pem(public))
            file.flush()
            os.fsync(file.fileno())  # else a power failure may leave the new name on an empty file
        fresh.replace(here)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise KnownError(f"The pin cannot be written to {here} ({error.strerror}).") from error
    return Pin(public, here, system=False)


def _in_system(system: Path | None) -> bool:
    return os.path.lexists((system or place.system_folder()) / FILE)


def _signed(old: bytes, pem: bytes, key_file: Path) -> bool:
    signature = key_file.with_name(key_file.name + SUFFIX)
    return signature.exists() and holds(old, pem, read_bytes(signature, "signature"))
