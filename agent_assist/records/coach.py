"""What the coach tells an agent about a draft of their own. It is theirs alone: nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent_assist.records.help import Pillar, PillarState


class RemarkKind(StrEnum):
    """What a remark is about."""

    MISSING = "missing"
    """A pillar that this moment needs and the draft lacks."""
    PROMISE = "promise"
    """A commitment or a specific that neither the conversation nor the site's list carries."""
    TONE = "tone"
    """Words that sit badly with how the customer feels now."""
    VOICE = "voice"
    """The customer's voice in the agent's mouth, an act no agent can do, advice that is not theirs to give."""
    LENGTH = "length"
    """Too long to be read while typing, or too short to be an answer."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at in a draft.

    Attributes:
        kind: what it is about.
        text: what to do, one short sentence.
        why: the reason, one short sentence.
        start, end: the words of the draft it is about, end exclusive; None where it is about all of it.
        pillar: which one is missing, for `RemarkKind.MISSING`.
    """

    kind: RemarkKind
    text: str
    why: str
    start: int | None = None
    end: int | None = None
    pillar: Pillar | None = None


@dataclass(frozen=True, slots=True)
class Coaching:
    """What the coach says of a draft.

    Attributes:
        pillars: the state of each pillar, in the order of `Pillar`; all NOT_NEEDED for an empty draft.
        remarks: what to look at, most important first.
        empathy: 0 to 1, by the shipped model; None for an empty draft and where that model cannot be had.
    """

    pillars: dict[Pillar, PillarState]
    remarks: tuple[Remark, ...] = ()
    empathy: float | None = None


class Wish(StrEnum):
    """What the agent asks of a rewrite."""

    BETTER = "better"
    SHORTER = "shorter"
    WARMER = "warmer"
    FORMAL = "formal"
    OWN = "own"


class Tag(StrEnum):
    """What a change of a rewrite does."""

    VALIDATES = "validates"
    OWNS = "owns"
    CLARIFIES = "clarifies"
    SOFTENS = "softens"
    SHORTENS = "shortens"


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of a rewrite that can be taken or left alone.

    Attributes:
        start, end: the words of the draft that it replaces, end exclusive; equal where it only adds.
        text: what stands there instead; empty where it only takes away.
        tag: what it does.
    """

    start: int
    end: int
    text: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A draft and what would be changed in it.

    Attributes:
        draft: as the agent wrote it.
        changes: in the order of the draft, without overlaps.
        notes: one sentence each on what could not be done and why.
    """

    draft: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The draft with every change taken."""
        return self.taking(range(len(self.changes)))

    def taking(self, chosen: range | frozenset[int] | set[int]) -> str:
        """The draft with the chosen changes, by index, and without the others."""
        parts, last = [], 0
        for k, change in enumerate(self.changes):
            if k in chosen:
                parts += [self.draft[last : change.start], change.text]
                last = change.end
        return "".join(parts) + self.draft[last:]


@dataclass(frozen=True, slots=True)
class TurnScore:
    """How one turn of an agent reads.

    Attributes:
        turn: its index.
        empathy: 0 to 1.
        pillars: the state of each.
    """

    turn: int
    empathy: float
    pillars: dict[Pillar, PillarState]
