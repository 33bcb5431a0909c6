"""De-escalation: the one move that brings a spike down, by what set the customer off and by what they feel.

What a site may change is told at the head of `tactics.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_site_file
from agent_assist.records import Conversation, Label, Mood, NextAction, Spike

FILE = "tactics.toml"
LONGEST = 240
"""Characters of the longest sentence that a site may give: what the window shows without scrolling."""
RECENT = 2
"""The customer's turns, counted from the end, in which a spike still asks for a move."""
SOON = 4
"""The customer's turns, likewise, in which two spikes say that the first move did not land."""
KINDS = (Label.ANGER, Label.FRUSTRATION, Label.CONFUSION, Label.STRESS, Label.SADNESS)
"""The kinds of spikes."""
_NOT_OURS = frozenset({"self_harm", "abuse"})


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do, without an end mark, and why it works, one sentence."""

    text: str
    why: str


class CauseMove(Move, frozen=True, forbid_unknown_fields=True):
    """The move for a cause, and those that refine it to a feeling."""

    to: dict[Label, Move] = msgspec.field(default_factory=dict)

    def for_kind(self, kind: Label) -> Move:
        """The move for a customer who feels that."""
        return self.to.get(kind, self)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: dict[Label, Move] = msgspec.field(default_factory=dict)
    again: dict[Label, Move] = msgspec.field(default_factory=dict)
    cause: dict[str, CauseMove] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TacticTable:
    """The moves in use.

    Attributes:
        kinds: for each kind of spike whose cause is not known.
        again: for each kind, where a second spike follows soon.
        causes: by the name of the cause.
    """

    kinds: Mapping[Label, Move]
    again: Mapping[Label, Move]
    causes: Mapping[str, CauseMove]

    def move(self, spike: Spike, *, again: bool) -> Move | None:
        """The move for a spike, None for a kind that has none."""
        if again and spike.kind in self.again:
            return self.again[spike.kind]
        cause = self.causes.get(spike.cause)
        return self.kinds.get(spike.kind) if cause is None else cause.for_kind(spike.kind)


def shipped_tactics() -> TacticTable:
    """The table that ships.

    Raises:
        msgspec.MsgspecError: it is damaged.
    """
    return _shipped()


@cache
def _shipped() -> TacticTable:
    file = _decode(files("agent_assist.assist").joinpath(FILE).read_text(encoding="utf-8"))
    return TacticTable(file.kind, file.again, file.cause)


def load_tactics(places: Places) -> TacticTable:
    """The table in use: the shipped one, with the site's file in the data folder laid over it.

    Raises:
        KnownError: the file cannot be read, is no TOML, or holds something that the table does not know.
    """
    path = places.home / FILE
    text = read_site_file(path, "tactics")
    if text is None:
        return shipped_tactics()
    try:
        site = _decode(text)
    except (ValueError, msgspec.MsgspecError) as error:  # tomllib's own is a ValueError
        raise KnownError(f"The tactics file {path} cannot be used ({error}). Mend it there or delete it.") from error
    _check(site, path)
    base = shipped_tactics()
    return TacticTable({**base.kinds, **site.kind}, {**base.again, **site.again}, {**base.causes, **site.cause})


def tactic(mood: Mood, conversation: Conversation, table: TacticTable | None = None) -> NextAction | None:
    """The move that the latest spike asks for.

    Args:
        mood: what was read from the conversation.
        conversation: its end is the moment.
        table: the moves; None for those that ship.

    Returns:
        It cites the turn that set the customer off, where one did, and the turn of the spike. None where no spike is
        recent or the customer has been relieved since, and where the customer is at risk: then a person has to help,
        not a manner of writing.
    """
    ends = [turn.i for turn in conversation.customer_turns]
    spike = next((s for s in reversed(mood.spikes) if s.turn in ends[-RECENT:]), None)
    if spike is None or any(r.turn > spike.turn for r in mood.recoveries):
        return None
    if any(v.kind in _NOT_OURS for v in mood.vulnerable):
        return None
    before = [s for s in mood.spikes if s.turn < spike.turn and s.turn in ends[-SOON:]]
    relieved = before and any(before[-1].turn < r.turn for r in mood.recoveries)
    move = (table or shipped_tactics()).move(spike, again=bool(before) and not relieved)
    if move is None:
        return None
    turns = {spike.turn} if spike.trigger_turn is None else {spike.trigger_turn, spike.turn}
    return NextAction(move.text, move.why, tuple(sorted(turns)))


def _decode(text: str) -> _File:
    return msgspec.convert(tomllib.loads(text), _File)


def _check(site: _File, path: Path) -> None:
    """Raises a KnownError on what the shape alone does not tell."""
    for place, moves in (
        ("kind", site.kind),
        ("again", site.again),
        *((f"cause.{n}.to", c.to) for n, c in site.cause.items()),
    ):
        unknown = [name for name in moves if name not in KINDS]
        if unknown:
            raise _wrong(path, f"{place}.{unknown[0]}", f"is no kind of spike. Known are {', '.join(KINDS)}")
    every: list[Move] = [*site.kind.values(), *site.again.values(), *site.cause.values()]
    for move in (*every, *(m for c in site.cause.values() for m in c.to.values())):
        for text in (move.text, move.why):
            if not text.strip() or "\n" in text.strip() or len(text) > LONGEST:
                raise _wrong(path, repr(text[:30]), f"must be one line of 1 to {LONGEST} characters")


def _wrong(path: Path, place: str, problem: str) -> KnownError:
    return KnownError(f"In the tactics file {path} {place} {problem}. Mend or delete that line.")
