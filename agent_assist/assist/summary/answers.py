"""What the agent's side has answered, chosen and told without the language model, which tells it wrong too often."""

from __future__ import annotations

from agent_assist.assist.summary.reported import AGENT
from agent_assist.assist.summary.said import Said, names_of, sentences_of
from agent_assist.records import Conversation, Line

_ENOUGH = 12
"""Content words above which a sentence does not count as saying more."""
_FEWEST_WORDS = 4
_TELLING = 4
"""Content words from which a sentence counts as news."""
_ASKED = 0.7  # a question says less than a statement of as many words
_ALIKE = 0.6


def answer_lines(conversation: Conversation) -> tuple[Line, ...]:
    """The weightiest and the newest thing of substance that the agent's side said, in order; at most two lines."""
    said = [s for s in sentences_of(conversation, AGENT) if len(s.text.split()) >= _FEWEST_WORDS]
    telling = [s for s in said if not (s.courteous or s.half) and len(s.stems) > 1] or said[-1:]
    if not telling:
        return ()
    weightiest = max(telling, key=_weight)
    late = [s for s in telling if len(s.stems) >= _TELLING] or telling
    newest = max((s for s in late if s.turns == late[-1].turns), key=_weight)
    chosen = [weightiest]
    if newest is not weightiest and not _alike(newest, weightiest):
        chosen = sorted((weightiest, newest), key=lambda s: s.turns)
    names = names_of(conversation)
    return tuple(s.told(names) for s in chosen)


def _weight(said: Said) -> float:
    return min(len(said.stems), _ENOUGH) * (_ASKED if said.text.rstrip().endswith("?") else 1.0)


def _alike(one: Said, other: Said) -> bool:
    return len(one.stems & other.stems) >= _ALIKE * min(len(one.stems), len(other.stems))
