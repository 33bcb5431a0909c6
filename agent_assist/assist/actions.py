"""Next actions: what the customer's own words call for, from a table of rules; each cites the turn that fired it.

What a site may change is told at the head of `actions.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from agent_assist.assist.chat import plain
from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_site_file
from agent_assist.records import Conversation, Fact, NextAction, Speaker, Spike, Turn

FILE = "actions.toml"
MOST = 3
"""Actions that are shown at most."""
LONGEST = 240
"""Characters of the longest text or reason that a site may give."""
LONGEST_PATTERN = 2000
"""Characters of the longest pattern that a site may give."""

Vulnerable = Literal["self_harm", "abuse", "bereavement", "illness", "hardship"]
_NEVER = re.compile(r"(?!)")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAMED = (
    r"\b(?P<noun>case|ticket|claim|complaint|booking|reservation|invoice|incident|request|reference)s?\b"
    r"(?:\s+(?:number|no\.?|num|id|ref(?:erence)?|code)){0,2}(?:\s+(?:is|was))?\W{0,4}\Z"
)
_BEFORE_ID = re.compile(_NAMED, re.IGNORECASE)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do when a turn of the customer calls for it, and why.

    Attributes:
        id: unique, stable.
        text: what to do, without an end mark; {case} is "order A-48213" or "the case".
        why: the reason, one short sentence.
        pattern: found in the turn, in any case; "" where only `kind` counts.
        unless: beside which the turn does not count.
        missing: what no turn of the customer may hold: then there is nothing left to do.
        done: what a later turn of the agent says when it has been done.
        kind: a kind of vulnerability; the rule fires where that is found as well.
        last: whether only the conversation's last turn counts.
        settles: whether what the customer said before it is over with it.
        urgent: goes before a site's own rules, and cannot be switched off.
    """

    id: str
    text: str
    why: str
    pattern: str = ""
    unless: str = ""
    missing: str = ""
    done: str = ""
    kind: Vulnerable | None = None
    last: bool = False
    settles: bool = False
    urgent: bool = False


class _Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a site says of a rule: of a known one what changes, else all of it."""

    id: str
    text: str | None = None
    why: str | None = None
    pattern: str | None = None
    unless: str | None = None
    missing: str | None = None
    done: str | None = None
    last: bool | None = None
    off: bool = False


class _SiteFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_Change, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionTable:
    """The rules in use, most pressing first."""

    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, None where the site has switched it off."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def shipped_actions() -> ActionTable:
    """The table that ships.

    Raises:
        msgspec.MsgspecError: it is damaged.
    """
    return _shipped()


@cache
def _shipped() -> ActionTable:
    text = files("agent_assist.assist").joinpath(FILE).read_text(encoding="utf-8")
    return ActionTable(msgspec.convert(tomllib.loads(text), _Shipped).rule)


def load_actions(places: Places) -> ActionTable:
    """The table in use: the shipped one, with the site's file in the data folder laid over it.

    Raises:
        KnownError: the file cannot be read, is no TOML, or holds something that the table does not know.
    """
    path = places.home / FILE
    text = read_site_file(path, "actions")
    if text is None:
        return shipped_actions()
    try:
        changes = msgspec.convert(tomllib.loads(text), _SiteFile).rule
    except (ValueError, msgspec.MsgspecError) as error:  # tomllib's own is a ValueError
        raise KnownError(f"The actions file {path} cannot be used ({error}). Mend it there or delete it.") from error
    return _laid_over(shipped_actions(), changes, path)


def _laid_over(base: ActionTable, changes: Sequence[_Change], path: Path) -> ActionTable:
    by_id = {change.id: change for change in changes}
    known = [_changed(rule, by_id.pop(rule.id, None), path) for rule in base.rules]
    own = [_own(change, path) for change in by_id.values()]
    kept = [rule for rule in known if rule is not None]
    return ActionTable((*(r for r in kept if r.urgent), *own, *(r for r in kept if not r.urgent)))


def _changed(rule: Rule, change: _Change | None, path: Path) -> Rule | None:
    if change is None:
        return rule
    if change.off:
        if rule.urgent:
            raise _wrong(path, rule.id, "cannot be switched off")
        return None
    return msgspec.structs.replace(rule, **_given(change, path))


def _own(change: _Change, path: Path) -> Rule:
    given = _given(change, path)
    if not _ID.fullmatch(change.id):
        raise _wrong(path, change.id[:40], "must be named in small letters, digits and underscores")
    if not all(given.get(name) for name in ("text", "why", "pattern")):
        raise _wrong(path, change.id, "is not a known rule, and a new one needs text, why and pattern")
    return msgspec.convert({"id": change.id, **given}, Rule)


def _given(change: _Change, path: Path) -> dict[str, object]:
    """What a site gives, checked."""
    fields = {name: getattr(change, name) for name in _Change.__struct_fields__ if name not in ("id", "off")}
    given = {name: value for name, value in fields.items() if value is not None}
    for name, value in given.items():
        problem = _problem(name, value) if isinstance(value, str) else ""
        if problem:
            raise _wrong(path, change.id, f"has a {name} that {problem}")
    return given


def _problem(name: str, value: str) -> str:
    """What is wrong with a text, a reason or a pattern; "" for nothing."""
    is_pattern = name not in ("text", "why")
    most = LONGEST_PATTERN if is_pattern else LONGEST
    if "\n" in value.strip() or len(value) > most:
        return f"is longer than one line of {most} characters"
    if not is_pattern:
        return "holds braces other than {case}" if re.search(r"[{}]", value.replace("{case}", "")) else ""
    try:
        return "matches everything" if value and re.fullmatch(value, "") else ""
    except re.error as error:
        return f"is no pattern ({error})"


def _wrong(path: Path, rule_id: str, problem: str) -> KnownError:
    return KnownError(f"In the actions file {path} the rule {rule_id!r} {problem}. Mend it there or delete the file.")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE) if pattern else _NEVER


def fires(rule_id: str, conversation: Conversation, table: ActionTable | None = None) -> bool:
    """Whether a rule of the table fires on any turn of the customer, whatever was said or done since."""
    rule = (table or shipped_actions()).rule(rule_id)
    return rule is not None and any(_calls(rule, turn, conversation) for turn in conversation.customer_turns)


def next_actions(
    conversation: Conversation, facts: Sequence[Fact], spike: Spike | None, table: ActionTable | None = None
) -> tuple[NextAction, ...]:
    """At most `MOST` actions for the end of a conversation.

    Args:
        conversation: its customer's turns are looked at, newest first. What the customer says is settled, and what the
            agent has visibly done since, is left out.
        facts: found in it.
        spike: the latest recent one; what it needs is the action where no rule fires.
        table: the rules; None for those that ship.
    """
    rules = (table or shipped_actions()).rules
    case = case_name(conversation, facts)
    settled = max((t for r in rules if r.settles if (t := _fired(r, conversation, -1)) is not None), default=-1)
    found: list[NextAction] = []
    ends: list[NextAction] = []
    for rule in rules:
        turn = _fired(rule, conversation, -1 if rule.urgent or rule.settles else settled)
        if turn is not None:
            text = rule.text.replace("{case}", case)
            (ends if rule.settles else found).append(NextAction(text, rule.why, (turn,)))
    if found:
        return tuple(found[:MOST])
    if ends:
        return (max(ends, key=lambda action: action.turns),)
    if spike is None or not spike.nudge:
        return ()
    return (NextAction(spike.nudge.rstrip("."), "The mood turned here.", (spike.turn,)),)


def case_name(conversation: Conversation, facts: Sequence[Fact]) -> str:
    """What the case is called in a sentence: "order A-48213", "ticket 5512" or, without a number, "the case".

    Of a reference its turn must say what it is the number of: an error's code or a serial number names no case.
    """
    # The newest ones first: a customer who gave a wrong number corrects it later.
    order = next((f for f in reversed(facts) if f.kind == "order_id"), None)
    if order is not None:
        return f"order {order.value}"
    for fact in reversed(facts):
        if fact.kind == "reference" and 0 <= fact.turn < len(conversation.turns):
            text = conversation.turns[fact.turn].text
            named = _BEFORE_ID.search(text[: max(text.find(fact.value), 0)])
            if named is not None:
                return f"{named['noun'].lower()} {fact.value}"
    return "the case"


def _fired(rule: Rule, conversation: Conversation, after: int) -> int | None:
    """The newest turn after `after` that calls for it, None where none does or it has been done since."""
    turns = [t for t in conversation.customer_turns if t.i > after]
    if rule.last:
        turns = [t for t in turns[-1:] if t.i == conversation.turns[-1].i]
    if rule.missing and any(_compiled(rule.missing).search(t.text) for t in conversation.customer_turns):
        return None
    turn = next((t.i for t in reversed(turns) if _calls(rule, t, conversation)), None)
    return None if turn is None or _done(rule, conversation, turn) else turn


def _calls(rule: Rule, turn: Turn, conversation: Conversation) -> bool:
    if rule.kind is not None and (rule.kind, turn.i) in _vulnerable(conversation):
        return True
    text = plain(turn.text)
    return bool(_compiled(rule.pattern).search(text)) and not _compiled(rule.unless).search(text)


def _done(rule: Rule, conversation: Conversation, turn: int) -> bool:
    """Whether the agent has done it since, going by their own words."""
    later = (t for t in conversation.turns[turn + 1 :] if t.speaker is Speaker.AGENT)
    return any(_compiled(rule.done).search(t.text) for t in later)


# The rules of one moment are asked one by one.
@lru_cache(maxsize=2)
def _vulnerable(conversation: Conversation) -> frozenset[tuple[str, int]]:
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.vulnerable import find_vulnerable

    return frozenset((one.kind, one.turn) for one in find_vulnerable(conversation.customer_turns))
