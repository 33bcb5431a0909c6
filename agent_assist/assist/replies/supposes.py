"""What a sentence takes for granted, by a table: it is said only to a customer of whom that holds."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import msgspec


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence with `says` needs a turn of the customer with `needs`, or a flag of the moment; see the table."""

    says: str
    needs: str = ""
    flag: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, frozenset[str]], ...]:
    data = files("agent_assist.assist.replies").joinpath("supposes.toml").read_bytes()
    table = msgspec.toml.decode(data, type=_File).rule
    return tuple((_whole(r.says), _whole(r.needs) if r.needs else None, frozenset(r.flag.split(" or "))) for r in table)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


@cache
def _needed(sentence: str) -> tuple[int, ...]:
    """The rules that a sentence of the bank falls under."""
    return tuple(k for k, (says, _, _) in enumerate(_rules()) if says.search(sentence))


def holds(sentence: str, held: frozenset[int]) -> bool:
    """Whether what a sentence takes for granted holds of a moment, of which `holding` told the rules that do.

    Raises:
        msgspec.DecodeError: the table is damaged.
    """
    return all(k in held for k in _needed(sentence))


def holding(said: str, flags: frozenset[str]) -> frozenset[int]:
    """The rules that hold of a moment.

    Args:
        said: all turns of the customer.
        flags: of the moment.
    """
    return frozenset(
        k for k, (_, needs, flag) in enumerate(_rules()) if (flag & flags) or (needs is not None and needs.search(said))
    )
