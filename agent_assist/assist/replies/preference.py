"""What agents at this desk take of what they are offered: a few weights that can be read, and no text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agent_assist.assist.replies.compose import register_of
from agent_assist.assist.sentences import PLACEHOLDER
from agent_assist.records import Choice, Outcome, Pillar, PillarState, Reply

BOUND = 0.5
"""No feature moves a reply's rank by more than this."""
_PRIOR = 6.0
_TAKEN = {Outcome.COPIED: 1.0, Outcome.EDITED: 0.7, Outcome.DISMISSED: -0.5}
_SHORT = 35
_LONG = 60


@dataclass(frozen=True, slots=True)
class Preference:
    """What is preferred here.

    Attributes:
        weights: a feature and how much it speaks for a reply, -0.5 to 0.5; in the order of their names.
    """

    weights: tuple[tuple[str, float], ...] = ()

    def score(self, features: Sequence[str]) -> float:
        """How much a kind of reply is preferred: the mean of what is known of its features, -0.5 to 0.5."""
        known = dict(self.weights)
        found = [known[f] for f in features if f in known]
        return sum(found) / len(features) if found else 0.0

    def describe(self) -> list[tuple[str, float]]:
        """Features and weights, the strongest first: the whole model."""
        return sorted(self.weights, key=lambda w: (-abs(w[1]), w[0]))


def learn(choices: Sequence[Choice]) -> Preference:
    """What was taken more often than its neighbours were.

    Only moments in which a reply was copied, edited or dismissed count: where nothing was done nothing is known. A
    feature that all replies of a moment share says nothing of the choice between them. The weight of a feature is the
    mean of what its replies got beyond their moment's mean, drawn towards 0 as if six replies without a say had been
    seen as well, and bounded.

    Args:
        choices: one for each reply that was shown, in any order.
    """
    moments: dict[tuple[str, int], list[Choice]] = {}
    for choice in choices:
        moments.setdefault((choice.conversation, choice.turns), []).append(choice)
    gained: dict[str, list[float]] = {}
    for shown in moments.values():
        gains = [_TAKEN.get(c.outcome, 0.0) for c in shown]
        if not any(gains):
            continue
        mean = math.fsum(gains) / len(gains)
        shared = frozenset.intersection(*(frozenset(c.features) for c in shown)) if len(shown) > 1 else frozenset()
        for choice, gain in zip(shown, gains, strict=True):
            # Alone on the screen a reply is judged by what was done with it.
            value = gain if len(shown) == 1 else gain - mean
            for feature in frozenset(choice.features) - shared:
                gained.setdefault(feature, []).append(value)
    weights = {f: max(-BOUND, min(BOUND, math.fsum(g) / (len(g) + _PRIOR))) for f, g in sorted(gained.items())}
    return Preference(tuple((f, w) for f, w in weights.items() if w))


def features(reply: Reply) -> tuple[str, ...]:
    """What kind of reply it is, as ranking and `Choice.features` name it; nothing of its words.

    Args:
        reply: as shown.
    """
    words = len(PLACEHOLDER.sub(" ", reply.text).split())
    length = "short" if words < _SHORT else "long" if words > _LONG else "middle"
    given = [f"pillar:{p}" for p in Pillar if reply.pillars.get(p) is PillarState.GIVEN]
    register = register_of(reply.strategy)
    return (
        f"strategy:{reply.strategy}",
        f"source:{reply.source}",
        f"length:{length}",
        *((f"register:{register}",) if register is not None else ()),
        *given,
        *(("asks",) if "?" in PLACEHOLDER.sub(" ", reply.text) else ()),
        *(("blanks",) if PLACEHOLDER.search(reply.text) else ()),
    )
