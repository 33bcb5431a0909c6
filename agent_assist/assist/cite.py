"""Which turns a line stands on: shared words, weighed by how rare they are in the conversation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from agent_assist.assist.chat import plain
from agent_assist.assist.denial import agrees, clauses, denies
from agent_assist.assist.sentences import split
from agent_assist.assist.stems import all_words, met_stems, stems
from agent_assist.records import Conversation, Speaker

__all__ = ["Citer", "agrees", "denies", "stems"]

_GRANTED = re.compile(
    r"\b(?P<act>approved|granted|promised|guaranteed|refunded|credited|reimbursed|waived)\b"
    r"|\b(?P<got>received|given|got|paid|getting|receiving)\b[^.!?]{0,40}"
    r"\b(?P<what>refund|credit|compensation|voucher)",
    re.IGNORECASE,
)
_PROMISED = "promised"
_JOINT = re.compile(r"[,;]\s|\s(?:and|but|although|though|while|when)\s", re.IGNORECASE)
_REPORTS = frozenset(("compl", "compa", "were"))
"""Stems of "complaining", "company" and "were": a line has them where the customer says "I" and "you"."""
_MOST = 2
_SECOND = 0.6


class Citer:
    """Finds the turns of one conversation that carry a line."""

    def __init__(self, conversation: Conversation) -> None:
        self._speakers = {t.i: t.speaker for t in conversation.turns if t.speaker is not Speaker.SYSTEM}
        self._texts = {t.i: plain(t.text) for t in conversation.turns if t.i in self._speakers}
        self._stems = {i: met_stems(text) for i, text in self._texts.items()}
        seen = Counter(s for found in self._stems.values() for s in found)
        total = max(len(self._stems), 1)
        self._weights = {s: math.log(1 + total / n) for s, n in seen.items()}

    def coverage(self, text: str, among: Sequence[Speaker]) -> float:
        """The share, 0 to 1, of a line's content words that turns of these speakers have; 0 for a line without any."""
        words = met_stems(text)
        said = set[str]().union(*(found for i, found in self._stems.items() if self._speakers[i] in among))
        return len(words & said) / len(words) if words else 0.0

    def carried(self, text: str, turns: Sequence[int]) -> float:
        """The share, 0 to 1, of a line's content words that these turns have; 0 for a line without any."""
        words = met_stems(text)
        said = set[str]().union(*(self._stems[i] for i in turns))
        return len(words & said) / len(words) if words else 0.0

    def grants_unsaid(self, text: str, complaint: bool = False) -> bool:
        """Whether a line says that something was granted, and no clause of an agent does: a customer may say anything.

        A clause that denies or asks it does not say it.

        Args:
            text: the line.
            complaint: it tells what the customer complains about; then a promise may stand in the customer's own words.
        """
        granted = [
            all_words(" ".join(filter(None, m.groups())))
            for m in _GRANTED.finditer(text)
            if not (complaint and m[0].lower() == _PROMISED and self._claims_promise(text, m))
        ]
        if not granted:
            return False
        texts = [told for i, told in self._texts.items() if self._speakers[i] is Speaker.AGENT]
        ours = [all_words(part) for part in clauses(texts) if not denies(part) and not part.endswith("?")]
        return any(not any(words <= said for said in ours) for words in granted)

    def _claims_promise(self, text: str, promised: re.Match[str]) -> bool:
        """Whether one sentence of the customer's has all that this part of a line says was promised."""
        start = max((m.end() for m in _JOINT.finditer(text, 0, promised.start())), default=0)
        end = next((m.start() for m in _JOINT.finditer(text, promised.end())), len(text))
        words = met_stems(text[start:end])
        texts = (told for i, told in self._texts.items() if self._speakers[i] is Speaker.CUSTOMER)
        said = (sentence for told in texts for sentence in split(told))
        return len(words) > 1 and any(
            words <= met_stems(sentence) | _REPORTS
            for sentence in said
            if not denies(sentence) and not sentence.endswith("?")
        )

    def agrees(self, text: str, said: str, turns: Sequence[int], wish: bool = False) -> bool:
        """Whether a line denies where these turns do, and only there.

        Args:
            text: the line.
            said: the part of it whose words are looked for in the turns.
            turns: those that it stands on.
            wish: it tells only of a wish or a question; then what counts is whether they deny that.
        """
        among = {self._speakers[i] for i in turns}
        beside = (t for i, t in self._texts.items() if i not in turns and self._speakers[i] in among)
        return agrees(text, stems(said), [self._texts[i] for i in turns], wish, beside)

    def cite(self, text: str, among: Sequence[Speaker] = ()) -> tuple[int, ...]:
        """The turns that a line stands on.

        Args:
            text: the line.
            among: look only at turns of these speakers; empty for all.

        Returns:
            At most two turn indices in order, empty where no turn carries at least half of what the line says that the
            conversation could carry at all, or only one everyday word.
        """
        words = met_stems(text)
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
