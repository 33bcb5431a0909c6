"""Which policy is in force, and what holds when something is wrong with it.

Once a key is pinned (`pins`), only what it signed counts. Looked at are the file named on the command line, that of the
system and that of the data folder; the highest serial number wins. The policy last found good is kept in the data
folder, with its signature and the key: if what lies there now is missing, altered, signed by another key, of a newer
product or older, the kept one stays in force and `Policy.problem` says why; so it does where the pinned key is damaged.
Where there is none to keep, `STRICTEST` holds. A file named on the command line is never passed over: what is wrong
with it ends the program.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import msgspec

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_plain
from agent_assist.privacy.policy import place
from agent_assist.privacy.policy.content import Content, read_content
from agent_assist.privacy.policy.pins import Pin, find_pin
from agent_assist.privacy.policy.signing import SUFFIX, fingerprint, holds, read_bytes
from agent_assist.settings import (
    CLIPBOARD,
    EXPORT,
    FOLDER,
    PROGRAMS,
    REDACT_EXPORT,
    REDACT_MODEL,
    REDACT_NAMES,
    REDACT_ROLEPLAY,
    REDACT_STORE,
    SCORES,
    Value,
)

KEPT = "policy.kept.json"

STRICTEST: Mapping[str, Value] = MappingProxyType(
    {
        EXPORT.name: False,
        REDACT_STORE.name: "all",
        REDACT_MODEL.name: "all",
        REDACT_EXPORT.name: "all",
        REDACT_ROLEPLAY.name: "all",
        REDACT_NAMES.name: True,
        SCORES.name: False,
        PROGRAMS.name: False,
        CLIPBOARD.name: False,
        FOLDER.name: "",
    }
)
"""What holds where a policy is due and none can be had: nothing goes out, nothing comes in by itself, no promises, no
scores. Nothing is erased or kept out of the history for it: a fault must not cost the agent's work."""
_STRICTEST_WHY = "The policy that belongs to this installation cannot be had, so the strictest rules hold."


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site has laid down for this installation.

    Attributes:
        here: whether there is one, good or not: False is an installation that nobody manages.
        title: what the policy in force calls itself; "" where there is none.
        serial: its number; 0 where there is none.
        contact: whom to ask; may be "".
        fixed: values by option name that nobody here can change.
        reasons: why, by option name, for each of `fixed`.
        promises: the text that stands for the file `promises.toml`; None: that file counts.
        endpoints: hosts and ports on the local network that may be spoken to.
        problem: what is wrong and what holds therefore, in words; "" where nothing is.
        source: the file in force; None for the one that was kept, and where there is none.
        key: fingerprint of the pinned key; "" where none is.
    """

    here: bool = False
    title: str = ""
    serial: int = 0
    contact: str = ""
    fixed: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    promises: str | None = None
    endpoints: tuple[tuple[str, int], ...] = ()
    problem: str = ""
    source: Path | None = None
    key: str = ""

    def reason(self, option_name: str) -> str:
        """Why an option cannot be changed here, in words; "" where it can."""
        return self.reasons.get(option_name, "")

    def told(self) -> dict[str, str | int | bool]:
        """What the audit trail is told of it at each unlock; no words from the file."""
        return {"serial": self.serial, "key": self.key or "none", "locked": len(self.fixed), "good": not self.problem}


class _Kept(msgspec.Struct, frozen=True):
    policy: str
    signature: str
    key: str


@dataclass(frozen=True, slots=True)
class _Good:
    """A policy that the key signed."""

    data: bytes
    signature: bytes
    content: Content
    source: Path | None


def load(places: Places, given: Path | None = None, *, system: Path | None = None) -> Policy:
    """The policy in force. Keeps a copy of a new one beside it.

    Args:
        places: of this installation.
        given: the file that was named on the command line; None where none was.
        system: the system's folder; None for that of this machine.

    Raises:
        KnownError: the file that was named cannot be in force.
    """
    system = system or place.system_folder()
    kept = _read_kept(places)
    try:
        pin = find_pin(places, system)
    except KnownError as error:
        return _unpinned_by_damage(given, kept, str(error))
    found = [path for path in (system / places.policy.name, places.policy) if os.path.lexists(path)]
    if pin is None:
        return _unpinned(found, given, kept)
    last = _good(pin.public, kept[0], kept[1]) if kept is not None else None
    good, wrong = _choose(pin, found, given)
    if good is None:
        return _in_doubt(pin.public, last, wrong or f"The policy signed by the key in {pin.path} is missing.")
    late = _late(good, last)
    if late and given is not None:
        raise KnownError(late)
    if late:
        return _in_doubt(pin.public, last, late)
    _keep(places, pin, good, kept)
    return _policy(pin.public, good, f"{wrong} In force is {good.source}." if wrong else "")


def _choose(pin: Pin, found: list[Path], given: Path | None) -> tuple[_Good | None, str]:
    """The newest good one of the files, and what is wrong with another one."""
    good = [_read(pin, given)] if given is not None else []
    wrong = ""
    for path in found:
        try:
            good.append(_read(pin, path))
        except KnownError as error:
            wrong = wrong or str(error)
    newest = max(good, key=lambda one: one.content.serial, default=None)
    if given is not None and newest is not None and newest.content.serial > good[0].content.serial:
        raise KnownError(
            f"The policy {given} (number {good[0].content.serial}) is older than {newest.source} "
            f"(number {newest.content.serial}). Take the newer one."
        )
    return newest, wrong


def _late(good: _Good, last: _Good | None) -> str:
    """Why a policy cannot follow on the one that was in force; "" where it can."""
    if last is None or good.content.serial > last.content.serial or good.data == last.data:
        return ""
    if good.content.serial < last.content.serial:
        return (
            f"The policy {good.source} (number {good.content.serial}) is older than the one that was in force "
            f"(number {last.content.serial})."
        )
    return f"The policy {good.source} was changed but kept its serial number {good.content.serial}. Raise that."


def _read(pin: Pin, path: Path) -> _Good:
    data = read_bytes(path, "policy")
    beside = path.with_name(path.name + SUFFIX)
    if not beside.exists():
        raise KnownError(f"The policy {path} is not signed: {beside.name} is missing beside it.")
    signature = read_bytes(beside, "signature")
    if not holds(pin.public, data, signature):
        raise KnownError(
            f"The policy {path} is not what the key {fingerprint(pin.public)} signed: "
            "it was changed, or another key signed it."
        )
    return _Good(data, signature, read_content(data, str(path)), path)


def _good(key: bytes, data: bytes, signature: bytes) -> _Good | None:
    """A kept policy; None where its signature does not hold, or this product does not know all it says."""
    try:
        return _Good(data, signature, read_content(data, KEPT), None) if holds(key, data, signature) else None
    except KnownError:
        return None


def _unpinned(found: list[Path], given: Path | None, kept: tuple[bytes, bytes, bytes] | None) -> Policy:
    """No key is pinned: nothing can be in force, save what was before the pin went."""
    if given is not None:
        raise KnownError(
            f"The policy {given} cannot be checked: no key is pinned. Pin it with: agent-assist policy pin KEYFILE"
        )
    if kept is not None:
        return _in_doubt(
            kept[2], _good(kept[2], kept[0], kept[1]), "The pinned key of this installation's policy is gone."
        )
    if found:
        problem = f"There is a policy {found[0]}, but no key is pinned to check it: it is not in force."
        return Policy(here=True, problem=f"{problem} Pin it with: agent-assist policy pin KEYFILE")
    return Policy()


def _unpinned_by_damage(given: Path | None, kept: tuple[bytes, bytes, bytes] | None, problem: str) -> Policy:
    """A key was pinned and nobody can tell which: as where it went, and strict where nothing was kept."""
    if given is not None:
        raise KnownError(f"The policy {given} cannot be checked. {problem}")
    if kept is None:
        return _in_doubt(b"", None, problem)
    return _in_doubt(kept[2], _good(kept[2], kept[0], kept[1]), problem)


def _in_doubt(key: bytes, last: _Good | None, problem: str) -> Policy:
    """What holds meanwhile; `key` is the one that is pinned or was, empty where nobody can tell."""
    if last is not None:
        return _policy(key, last, f"{problem} The one last found good (number {last.content.serial}) stays in force.")
    why = dict.fromkeys(STRICTEST, _STRICTEST_WHY)
    return Policy(
        here=True,
        fixed=STRICTEST,
        reasons=MappingProxyType(why),
        promises="",
        problem=f"{problem} Until it can be had, the strictest rules hold. Ask whoever looks after this machine.",
        key=fingerprint(key) if key else "",
    )


def _policy(key: bytes, good: _Good, problem: str) -> Policy:
    content = good.content
    whom = f" Ask {content.contact}." if content.contact else ""
    reasons = {name: content.why.get(name) or f"Set by the policy {content.title}.{whom}" for name in content.fixed}
    return Policy(
        here=True,
        title=content.title,
        serial=content.serial,
        contact=content.contact,
        fixed=content.fixed,
        reasons=MappingProxyType(reasons),
        promises=content.promises,
        endpoints=content.endpoints,
        problem=problem,
        source=good.source,
        key=fingerprint(key),
    )


# --- the copy that is kept


def _keep(places: Places, pin: Pin, good: _Good, kept: tuple[bytes, bytes, bytes] | None) -> None:
    """Keeps a copy, whole or not at all; where it cannot be written the policy is in force all the same."""
    if kept == (good.data, good.signature, pin.public):
        return
    texts = (base64.b64encode(part).decode() for part in (good.data, good.signature, pin.public))
    path = places.home / KEPT
    fresh = path.with_name(f"{KEPT}.{os.urandom(4).hex()}")
    try:
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(_Kept(*texts)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        # A full disk: it is in force all the same, and kept when the disk allows it.
        log.get("privacy").warning("the policy in force could not be kept")
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _read_kept(places: Places) -> tuple[bytes, bytes, bytes] | None:
    try:
        kept = msgspec.json.decode(read_plain(places.home / KEPT), type=_Kept)
        data, signature, key = (
            base64.b64decode(part, validate=True) for part in (kept.policy, kept.signature, kept.key)
        )
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return (data, signature, key) if len(key) == 32 else None
