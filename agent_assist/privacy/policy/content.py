"""What a policy says: one TOML text, checked to the last entry. `docs/policy.md` tells a site how to write it."""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import tomli_w

from agent_assist.errors import KnownError
from agent_assist.settings import Value, option_problem

_TOP = ("title", "serial", "contact", "lock", "why", "promises", "network")
_PROMISE: Mapping[str, type] = {"say": str, "phrases": list, "patterns": list, "up_to": str, "within": str}
_LONGEST = 300
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*")
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


@dataclass(frozen=True, slots=True)
class Content:
    """What one policy says.

    Attributes:
        title: what it calls itself.
        serial: 1 and up; a changed policy has a higher one.
        contact: whom to ask.
        fixed: values by option name that nobody here can change.
        why: reasons, by option name.
        promises: the text of a list of promises, in place of the file `promises.toml`; None: it says nothing of them.
        endpoints: hosts and ports on the local network that may be spoken to.
    """

    title: str
    serial: int
    contact: str = ""
    fixed: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    promises: str | None = None
    endpoints: tuple[tuple[str, int], ...] = ()


class _Wrong(Exception):
    """An entry that is not right.

    Attributes:
        entry: its whole name, with dots; "" where it is the file as a whole.
        problem: what is wrong with it, without the name.
    """

    def __init__(self, entry: str, problem: str) -> None:
        super().__init__(problem)
        self.entry, self.problem = entry, problem


def read_content(data: bytes, name: str) -> Content:
    """Reads the bytes of a policy.

    Args:
        data: of the file.
        name: of the file, for messages.

    Raises:
        KnownError: something in it is not right; the message names the line.
    """
    try:
        text = data.decode("utf-8-sig")
        tree = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise KnownError(f"The policy {name} is not in UTF-8. Save it so, and sign it again.") from error
    except (ValueError, RecursionError) as error:
        problem = error if isinstance(error, ValueError) else "it is nested too deeply"
        raise KnownError(f"The policy {name} is no TOML: {problem}.") from error
    try:
        return _content(tree)
    except _Wrong as wrong:
        line = _line_of(text, wrong.entry)
        where = f", line {line}" if line else ""
        raise KnownError(f"The policy {name}{where}: {wrong.problem}.") from wrong


def _content(tree: dict[str, Any]) -> Content:
    for key in tree:
        if key not in _TOP:
            raise _Wrong(key, f"there is no entry {key}{_hint(key, _TOP)}")
    fixed = _fixed(_table(tree, "lock"))
    return Content(
        title=_text(tree, "title", needed=True),
        serial=_serial(tree),
        contact=_text(tree, "contact"),
        fixed=MappingProxyType(fixed),
        why=MappingProxyType(_why(_table(tree, "why"), fixed)),
        promises=_promises(_table(tree, "promises")) if "promises" in tree else None,
        endpoints=_endpoints(_table(tree, "network")),
    )


def _fixed(table: dict[str, Any]) -> dict[str, Value]:
    fixed: dict[str, Value] = {}
    for name, value in _flat(table):
        problem = option_problem(name, value)
        if problem:
            raise _Wrong(f"lock.{name}", problem)
        fixed[name] = value
    return fixed


def _why(table: dict[str, Any], fixed: Mapping[str, Value]) -> dict[str, str]:
    why: dict[str, str] = {}
    for name, value in _flat(table):
        entry = f"why.{name}"
        if name not in fixed:
            raise _Wrong(entry, f"there is a reason for {name}, which is not locked{_hint(name, fixed)}")
        why[name] = _plain(entry, value)
    return why


def _promises(table: dict[str, Any]) -> str:
    """Their shape is looked at here; what they mean, where they are used."""
    for name, given in table.items():
        entry = f"promises.{name}"
        if not isinstance(given, dict):
            raise _Wrong(entry, f"promises.{name} must be a table, as [promises.{name}]")
        for key, value in given.items():
            if key not in _PROMISE:
                raise _Wrong(f"{entry}.{key}", f"a promise has no {key}{_hint(key, _PROMISE)}")
            right = isinstance(value, _PROMISE[key])
            if not right or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
                kind = "a list of texts" if _PROMISE[key] is list else "a text"
                raise _Wrong(f"{entry}.{key}", f"{entry}.{key} must be {kind}")
        if "say" not in given:
            raise _Wrong(entry, f"{entry} lacks what to say")
    return tomli_w.dumps({"promise": table} if table else {})


def _endpoints(table: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    for key in table:
        if key != "endpoints":
            raise _Wrong(f"network.{key}", f"there is no entry network.{key}{_hint(key, ('endpoints',))}")
    given = table.get("endpoints", [])
    if not isinstance(given, list):
        raise _Wrong("network.endpoints", 'network.endpoints must be a list such as ["10.0.0.5:8080"]')
    return tuple(_endpoint(one) for one in given)


def _endpoint(given: object) -> tuple[str, int]:
    problem = f'network.endpoints must name hosts with ports, such as "10.0.0.5:8080"; {given!r} is none'
    host, _, port = given.rpartition(":") if isinstance(given, str) else ("", "", "")
    host = host.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise _Wrong("network.endpoints", problem)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host) or host.replace(".", "").isdigit():
            raise _Wrong("network.endpoints", problem) from None
        return host.lower(), int(port)
    if not (address.is_private or address.is_link_local) or address.is_unspecified:
        raise _Wrong("network.endpoints", f"network.endpoints names {host}, which is no address of a local network")
    return str(address), int(port)


def _serial(tree: dict[str, Any]) -> int:
    serial = tree.get("serial")
    if type(serial) is not int or not 1 <= serial < 2**53:
        raise _Wrong("serial", "serial must be a whole number from 1 on, higher than that of the policy before")
    return serial


def _text(tree: dict[str, Any], key: str, *, needed: bool = False) -> str:
    value = tree.get(key, "")
    if needed and not value:
        raise _Wrong(key, f"{key} is missing")
    return _plain(key, value) if value else ""


def _plain(entry: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _LONGEST:
        raise _Wrong(entry, f"{entry} must be a text on one line, of at most {_LONGEST} characters")
    return value.strip()


def _table(tree: dict[str, Any], key: str) -> dict[str, Any]:
    table = tree.get(key, {})
    if not isinstance(table, dict):
        raise _Wrong(key, f"{key} must be a table, as [{key}]")
    return table


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each entry with its dotted name, however the file nests it."""
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _hint(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _line_of(text: str, entry: str) -> int:
    """The line, from 1, where an entry of a TOML text stands, or the table that it is in; 0 where that is not found."""
    table, best = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _dotted(header[1])
            name = table
        elif key := _KEY.match(line):
            name = f"{table}.{_dotted(key[1])}" if table else _dotted(key[1])
        else:
            continue
        if name == entry:
            return number
        if entry.startswith(f"{name}.") or name.startswith(f"{entry}."):
            best = best or number
    return best


def _dotted(key: str) -> str:
    return ".".join(next(filter(None, part), "") for part in _PART.findall(key))
