"""Which turns a line stands on: shared words, weighed by how rare they are in the conversation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from importlib.resources import files

from agent_assist.assist.chat import plain
from agent_assist.assist.sentences import split
from agent_assist.records import Conversation, Speaker

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP = frozenset(files("agent_assist.assist").joinpath("stopwords.txt").read_text(encoding="utf-8").split())
_GRANTED = re.compile(
    r"\b(?P<act>approved|granted|promised|guaranteed|refunded|credited|reimbursed|waived)\b"
    r"|\b(?P<got>received|given|got|paid|getting|receiving)\b[^.!?]{0,40}"
    r"\b(?P<what>refund|credit|compensation|voucher)",
    re.IGNORECASE,
)
# Words that hold "not" but tell nothing about what happened: "not only", "it is not fair that".
_IDLE = re.compile(
    r"\bnot (?:only|just|sure|happy|fair|good|acceptable|ok(?:ay)?)\b|\bno (?:doubt|wonder|idea|problem|worries)\b"
    r"|\b(?:don't|do not|dont) (?:know|understand|care|mind)\b|\b(?:or|if|why) not\b|^\W*no\b(?=\W*,)",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"n't\b|\b(?:not|never|no|none|nothing|nobody|without|cannot|neither|nor|"
    r"(?:do|does|did|is|was|were|are|have|has|had|ca|wo|would|could|should)nt)\b",
    re.IGNORECASE,
)
# "Can't you cancel it?" asks for it, "Why doesn't it work?" says that it does not.
_EITHER = re.compile(r"\w+n't (?:you|it|they|we|i)\b", re.IGNORECASE)
# What says the same as "not" in other words: "does not work" and "problems with", "has not come" and "late".
_INSTEAD = re.compile(
    r"\b(?:unable|impossible|fail|lack|refus|reject|den[iy]|stop|wait|yet to|delay|late\b|lost|miss|broke|wrong|error|"
    r"fault|crash|fr[eo]ez|stuck|down\b|outage|issues?\b|problem|trouble|difficult|absen|block|declin|inab|disabl|expir|ignor)\w*",
    re.IGNORECASE,
)
# Who "cannot install it" may well want to; who "is not cancelling" does not.
_UNWANTED = re.compile(
    r"(?:n't|\bnot|\bnever|\bdont|\bdidnt) (?:\w+ly )?(?:want|wish|ask|need|request|cancel|going to|interested|like)"
    r"|\b(?:i'm|im|i am|we're|we are) not \w+ing\b|\b(?:i|we) (?:won't|will not)\b"
    r"|^\W*(?:please )?(?:do not|don't|dont)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r";\s|\s(?=(?:but|because|although|though|whereas|while)\s)"
    r"|,\s(?=(?:and|so|then|please|now|just|i|we|you|it|he|she|they|my|the|this|that|there|if|when|refund|cancel|send|"
    r"give)\b)",
    re.IGNORECASE,
)
_STEM = 5
_MOST = 2
_SECOND = 0.6


class Citer:
    """Finds the turns of one conversation that carry a line."""

    def __init__(self, conversation: Conversation) -> None:
        self._speakers = {t.i: t.speaker for t in conversation.turns if t.speaker is not Speaker.SYSTEM}
        self._texts = {t.i: plain(t.text) for t in conversation.turns if t.i in self._speakers}
        self._stems = {i: stems(text) for i, text in self._texts.items()}
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
        """Whether a line says that something was granted, and no clause of an agent does: a customer may say anything.

        A clause that denies or asks it does not say it.
        """
        granted = [_words(" ".join(filter(None, m.groups()))) for m in _GRANTED.finditer(text)]
        if not granted:
            return False
        texts = [told for i, told in self._texts.items() if self._speakers[i] is Speaker.AGENT]
        ours = [_words(part) for part in _clauses(texts) if not denies(part) and not part.endswith("?")]
        return any(not any(words <= said for said in ours) for words in granted)

    def agrees(self, text: str, said: str, turns: Sequence[int], wish: bool = False) -> bool:
        """Whether a line denies where these turns do, and only there.

        Args:
            text: the line.
            said: the part of it whose words are looked for in the turns.
            turns: those that it stands on.
            wish: it tells only of a wish or a question; then what counts is whether they deny that.
        """
        return agrees(text, stems(said), [self._texts[i] for i in turns], wish)

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


def denies(text: str) -> bool:
    """Whether there is a "not" in a clause, in whatever form, that tells of what did not happen."""
    return _NOT.search(_straight(text)) is not None


def agrees(line: str, words: Collection[str], texts: Iterable[str], wish: bool = False) -> bool:
    """Whether a line denies where the clauses that carry it do: "they received it" is not "I never received it".

    Args:
        line: what is said about the texts.
        words: its stems that are looked for.
        texts: where they are looked for, each clause after the other that has the most of them not found yet.
        wish: see `Citer.agrees`.
    """
    left, known, no = set(words), _words(line), denies(line)
    parts = [(part, stems(part), _words(part), denies(part)) for part in _clauses(texts)]
    chosen: list[str] = []
    denied = False
    while left and parts:
        # Where two carry the same, the one that speaks against the line decides.
        best = max(parts, key=lambda p: (len(left & p[1]), len(known & p[2]), p[3] is not no))
        if not left & best[1]:
            break
        chosen.append(best[0])
        denied |= best[3]
        left -= best[1]
        parts.remove(best)
    whole = " ".join(chosen)
    if wish:
        return no or not any(_UNWANTED.search(_straight(part)) for part in chosen)
    if not chosen or denied is no or _EITHER.search(_straight(whole)):
        return True
    return _says_otherwise(line, whole) if not no else _says_otherwise(whole, line)


def _says_otherwise(text: str, denial: str) -> bool:
    """Whether a text without "not" has a word in its place, one that the denial does not have itself."""
    return bool({m[0].lower()[:_STEM] for m in _INSTEAD.finditer(text)} - _words(denial))


def _clauses(texts: Iterable[str]) -> list[str]:
    return [part for text in texts for sentence in split(text) for part in _CLAUSE.split(sentence) if part.strip()]


def _straight(text: str) -> str:
    return _IDLE.sub(" ", text.replace("’", "'"))


def _words(text: str) -> set[str]:
    """All words of a text, everyday ones too, cut like stems."""
    return {w.lower()[:_STEM] for w in _WORD.findall(text)}


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters so that "refunded" meets "refund"."""
    words = (w.lower().replace("’", "'").removesuffix("'s") for w in _WORD.findall(text))
    return {w[:_STEM] for w in words if w not in _STOP and (len(w) > 2 or w.isdigit())}
