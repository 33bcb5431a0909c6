"""Which turns a line stands on: shared words, weighed by how rare they are in the conversation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from agent_assist.assist.chat import plain
from agent_assist.records import Conversation, Speaker

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP = frozenset(files("agent_assist.assist").joinpath("stopwords.txt").read_text(encoding="utf-8").split())
_GRANTED = re.compile(
    r"\b(?P<act>approved|granted|promised|guaranteed|refunded|credited|reimbursed|waived)\b"
    r"|\b(?P<got>received|given|got|paid|getting|receiving)\b[^.!?]{0,40}\b(?:refund|credit|compensation|voucher)",
    re.IGNORECASE,
)
_STEM = 5
_MOST = 2
_SECOND = 0.6


class Citer:
    """Finds the turns of one conversation that carry a line."""

    def __init__(self, conversation: Conversation) -> None:
        self._speakers = {t.i: t.speaker for t in conversation.turns if t.speaker is not Speaker.SYSTEM}
        self._stems = {t.i: stems(plain(t.text)) for t in conversation.turns if t.i in self._speakers}
        seen = Counter(s for found in self._stems.values() for s in found)
        total = max(len(self._stems), 1)
        self._weights = {s: math.log(1 + total / n) for s, n in seen.items()}

    def coverage(self, text: str, among: Sequence[Speaker]) -> float:
        """The share, 0 to 1, of a line's content words that turns of these speakers have; 0 for a line without any."""
        words = stems(text)
        said = set[str]().union(*(found for i, found in self._stems.items() if self._speakers[i] in among))
        return len(words & said) / len(words) if words else 0.0

    def carried(self, text: str, turns: Sequence[int]) -> float:
        """The share, 0 to 1, of a line's content words that these turns have; 0 for a line without any."""
        words = stems(text)
        said = set[str]().union(*(self._stems[i] for i in turns))
        return len(words & said) / len(words) if words else 0.0

    def grants_unsaid(self, text: str) -> bool:
        """Whether a line says that something was granted, and no turn of an agent does: a customer may say anything."""
        ours = set[str]().union(*(found for i, found in self._stems.items() if self._speakers[i] is Speaker.AGENT))
        return any(not stems(m["act"] or m["got"]) <= ours for m in _GRANTED.finditer(text))

    def cite(self, text: str, among: Sequence[Speaker] = ()) -> tuple[int, ...]:
        """The turns that a line stands on.

        Args:
            text: the line.
            among: look only at turns of these speakers; empty for all.

        Returns:
            At most two turn indices in order, empty where no turn carries at least half of what the line says that the
            conversation could carry at all, or only one everyday word.
        """
        words = stems(text)
        known = [s for s in words if s in self._weights]
        if not known or len(known) * 2 < len(words):
            return ()
        scores = {
            i: sum(self._weights[s] for s in known if s in found)
            for i, found in self._stems.items()
            if not among or self._speakers[i] in among
        }
        best = sorted(((v, -i) for i, v in scores.items() if v > 0), reverse=True)[:_MOST]
        if not best:
            return ()
        return tuple(sorted(-i for v, i in best if v >= _SECOND * best[0][0]))


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters so that "refunded" meets "refund"."""
    words = (w.lower().replace("’", "'").removesuffix("'s") for w in _WORD.findall(text))
    return {w[:_STEM] for w in words if w not in _STOP and (len(w) > 2 or w.isdigit())}
