"""What a person types into the search field: words, and fields such as `label:anger`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from agent_assist.errors import KnownError
from agent_assist.history.words import folded
from agent_assist.records import Label, Query

_PART = re.compile(r'(?P<field>[^\s:"]+):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))|(?P<word>\S+)')
"""A field with its value, which may be in quotation marks that are closed or, while one types, not yet; or a word."""

_YES_NO: Mapping[str, bool] = {"yes": True, "no": False}
_ORIGINS = ("live", "roleplay")
_DAYS: Mapping[str, int] = {"today": 0, "yesterday": -1}


def parse_query(text: str, today: date) -> Query:
    """What was typed as a question to the history.

    The fields are `customer:`, `label:` (of the worst turn), `spiked:` and `held:` (yes or no), `after:` and `before:`
    (a day as 2026-01-31, or today or yesterday; that day counts too), `channel:`, `tag:` and `origin:` (live or
    roleplay). A value with blanks stands in quotation marks: `customer:"Anna Lee"`. Said twice, the last one counts.
    Everything else is words, also what only looks like a field: an address of the web has a colon.

    Args:
        text: as it was typed.
        today: the day now, in local time.

    Raises:
        KnownError: a field has a value that it cannot have.
    """
    query, words = Query(), []
    for part in _PART.finditer(text):
        ask = _FIELDS.get(folded(part["field"] or ""))
        if ask is None:
            words.append(part.group())
            continue
        value = part["quoted"] if part["quoted"] is not None else part["plain"]
        query = ask(query, value.strip(), today)
    return replace(query, words=" ".join(words))


def _yes_no(field: str, value: str) -> bool:
    answer = _YES_NO.get(folded(value))
    if answer is None:
        raise _wrong(field, _YES_NO)
    return answer


def _label(value: str) -> Label:
    try:
        return Label(folded(value))
    except ValueError:
        raise _wrong("label", [label.value for label in Label]) from None


def _origin(value: str) -> str:
    if folded(value) not in _ORIGINS:
        raise _wrong("origin", _ORIGINS)
    return folded(value)


def _day(field: str, value: str, today: date) -> date:
    try:
        days = _DAYS.get(folded(value))
        return date.fromisoformat(value) if days is None else today + timedelta(days=days)
    except (ValueError, OverflowError):
        raise _wrong(field, ("a day as 2026-01-31", *_DAYS)) from None


def _wrong(field: str, choices: Mapping[str, object] | list[str] | tuple[str, ...]) -> KnownError:
    *most, last = choices
    return KnownError(f"After {field}: write {', '.join(most)} or {last}.")


_Ask = Callable[[Query, str, date], Query]
_FIELDS: Mapping[str, _Ask] = {
    "customer": lambda query, value, _: replace(query, customer=value),
    "label": lambda query, value, _: replace(query, label=_label(value)),
    "spiked": lambda query, value, _: replace(query, spiked=_yes_no("spiked", value)),
    "after": lambda query, value, today: replace(query, since=_day("after", value, today)),
    "before": lambda query, value, today: replace(query, until=_day("before", value, today)),
    "channel": lambda query, value, _: replace(query, channel=value),
    "tag": lambda query, value, _: replace(query, tag=value),
    "held": lambda query, value, _: replace(query, held=_yes_no("held", value)),
    "origin": lambda query, value, _: replace(query, origin=_origin(value)),
}
