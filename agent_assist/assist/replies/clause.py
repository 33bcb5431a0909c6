"""Clauses that the language model wrote about the case: kept only where one turn of the customer says the same.

Shared words are not enough: what happened, to what, whether it did or did not, and in which order all have to be
there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from agent_assist.assist.replies.mirror import Mirrored, is_bad, is_unfit, tidy, turned
from agent_assist.assist.replies.words import words
from agent_assist.assist.sentences import first_sentences, is_complete
from agent_assist.records import Conversation

_I = re.IGNORECASE
_TOKEN = re.compile(r"\d[\d.,:]*\d|\w+(?:'\w+)?|[.!?]", _I)
_STEM = 5
_MIN_MATCHED = 2
_MIN_ORDER = 0.7
_NEAR = 3
_MAX_WORDS = 24
_FIRST_PERSON = frozenset(("i", "we", "i'm", "i've", "i'd", "my", "our", "me", "us", "mine", "we're", "we've"))
_JOINED = frozenset(("and", "but", "so", "because", "while", "which", "when"))  # may join two sentences of a turn
_POSITIVE = {"can't": "can", "won't": "will", "ain't": "is"}
_OF = frozenset(("of", "in", "on", "inside", "from"))
_NOT = re.compile(
    r"n't\b|\b(?:not|no|never|nobody|nothing|none|without|unable|cannot|zero|stopped|refus\w+|fail\w*|denied|"
    r"reject\w*|declin\w*|un\w+able|"
    r"instead|nor|neither|only|trouble|struggling|difficult\w*)\b",
    _I,
)
_TAG = re.compile(r"#(?=[^\W\d])")
_OWN_VOICE = re.compile(r"\b(?:I|me|my|mine|we|us|our|I'm|I've)\b")
_OTHER_SIDE = re.compile(r"\byou\b|\byour\b", _I)
_REPORTS = re.compile(
    r"\b(?:the customer|customer's|their|they|them|agent|assist\w*|help you|inform\w*|mention\w*|stat(?:ed|ing)|"
    r"request\w*|provid\w*|reached out|"
    r"contacted us|could|would|should|may|might|must|will|please|we|our|experience)\b|@|\bcan(?!'t|not)\b",
    _I,
)
_TAIL = re.compile(
    r"(?:,| -)?\s+(?:and|so|but|or)\s+(?:I|we|get|will|let|provide|update|offer|see|contact|work|find|help|give|"
    r"try|do|keep|make|"
    r"escalate|forward|ensure|assist|resolve|fix|correct)\b.*$|,? (?:right|okay|correct|as promised|as expected|"
    r"as soon as possible)$",
    _I,
)
_JOINT = r"(?:,| (?:and|but|while|because|so|which|where)\b)"
_UNFINISHED = re.compile(rf"{_JOINT}(?:(?!{_JOINT}).)*$")
_THIRD = re.compile(r"\bthe (?:customer|user)\b", _I)
# A report on the customer, turned to them.
_PERSONS = tuple(
    (re.compile(rf"\b{pattern}", _I), instead)
    for pattern, instead in (
        (r"(?:the (?:customer|user)|they)(?: is| are|['’]re)\b", "you are"),
        (r"(?:the (?:customer|user)|they) (?:was|were)\b", "you were"),
        (r"(?:the (?:customer|user)|they)(?: has| have|['’]ve)\b", "you have"),
        (r"(?:the (?:customer|user)|they) doesn['’]t\b", "you don't"),
        (r"(?:the (?:customer|user)['’]s|their)\b", "your"),
        (r"(?:the (?:customer|user)|they|them)\b", "you"),
    )
)
_OPENERS = re.compile(
    r"^(?:you(?:'ve| have)? (?:mentioned|told us|said|reported|explained|noted|stated|informed us) that|"
    r"in short:|the problem is that) ",
    _I,
)


@cache
def _stop() -> frozenset[str]:
    return frozenset(files("agent_assist.assist").joinpath("stopwords.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    at: int


class ClauseJudge:
    """Holds the model's clauses against the customer's turns of one conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._turns = [
            (t.i, _tokens(tidy(_TAG.sub("", t.text)).replace("\u00a4", " ")))
            for t in reversed(conversation.customer_turns)
        ]

    def take(self, text: str, opening: str) -> Mirrored | None:
        """A clause for `{trouble}` or `{story}` out of what the model wrote.

        Args:
            text: the model's whole line, with its opening.
            opening: what of it is a frame and no part of the clause ("The problem is that"); "" where all of it is.

        Returns:
            None where it is not a clause that one turn of the customer says.
        """
        clause = self.clause(text, opening)
        turn = None if clause is None else self.turn_of(clause)
        if clause is None or turn is None:
            return None
        newest = self._turns[0][0]
        score = 1.6 + 1.0 * is_bad(clause) + 0.02 * len(clause.split()) - 0.1 * (newest - turn) / 2
        return Mirrored(clause, turn, is_bad(clause), score)

    def clause(self, text: str, opening: str) -> str | None:
        """The clause itself, turned to the customer where the model fell into their voice; None where it is none."""
        line = first_sentences(" ".join(text.split()), 1)
        if not line.startswith(opening):
            return None
        if not is_complete(line):
            # Cut off by its length: what stands before the last joint is whole.
            line = _UNFINISHED.sub("", line)
        clause = _TAIL.sub("", line.removeprefix(opening).strip().rstrip(".!"))
        for pattern, instead in _PERSONS if _THIRD.search(clause) else ():
            clause = pattern.sub(instead, clause)
        clause = _OPENERS.sub("", clause)
        if _OWN_VOICE.search(clause):
            if _OTHER_SIDE.search(clause):
                return None
            clause = turned(clause)
        clause = clause.strip(" ,;:")
        if (
            not 3 <= len(clause.split()) <= _MAX_WORDS
            or not clause.isascii()
            or _REPORTS.search(clause)
            or is_unfit(clause)
        ):
            return None
        if not _OTHER_SIDE.match(clause) and not re.match(r"(?:the|it|there|this|nobody|no one|an?|\w+)\b", clause, _I):
            return None
        first = clause.split()[0]
        return clause if sum(c.isupper() for c in first) > 1 or not _lowers(first) else clause[0].lower() + clause[1:]

    def turn_of(self, clause: str) -> int | None:
        """The newest turn that says a clause, None where none does."""
        return next((turn for turn, tokens in self._turns if _says(tokens, clause)), None)


def _lowers(first: str) -> bool:
    """Whether a sentence's first word is written small inside of one: names are not."""
    return first.lower().split("'")[0] in {
        "you",
        "your",
        "the",
        "it",
        "there",
        "this",
        "no",
        "nobody",
        "a",
        "an",
        "that",
        "when",
        "all",
    }


def _tokens(text: str) -> list[str]:
    found = []
    for token in _TOKEN.findall(text.lower()):
        if token.endswith("n't"):
            found += [_POSITIVE.get(token, token[:-3]), "not"]
        else:
            found.append(token.removesuffix("'s"))
    return found


def _stem(token: str) -> str:
    token = words().same.get(token, token)
    if token[0].isdigit():
        return token.strip(".,:")
    for end in ("ing", "ed", "es", "s"):
        if token.endswith(end) and len(token) - len(end) >= 3:
            token = token[: -len(end)]
            break
    return token[:_STEM].rstrip("e")


def _words(tokens: Sequence[str]) -> list[_Word]:
    return [
        _Word(_stem(t), k)
        for k, t in enumerate(tokens)
        if t not in ".!?" and t not in _stop() and not t.startswith("you") and (len(t) > 1 or t.isdigit())
    ]


def _says(source: Sequence[str], clause: str) -> bool:
    told = _tokens(clause)
    wanted = _words(told)
    there = _words(source)
    places = _places(wanted, there)
    missing = [w for w in wanted if w.at not in places]
    if any(w.stem not in words().light for w in missing) or len(places) < _MIN_MATCHED or len(missing) > len(places):
        return False
    at = [places[w.at] for w in wanted if w.at in places]
    if _rising(at) < _MIN_ORDER * len(at):
        return False
    low, high = max(0, min(at) - _NEAR), min(len(source), max(at) + _NEAR + 1)
    window = " ".join(source[low:high])
    if bool(_NOT.search(" ".join(told))) != bool(_NOT.search(window)) or sum(
        t in ".!?" for t in source[min(at) : max(at)]
    ) > bool(_JOINED & set(told)):
        return False
    if {pair for pair in pairwise(told) if pair[0] == "your"} & set(pairwise(source)):
        return False  # "Your site", from a customer, is ours.
    return _is_told(told, source, places) and _subject_fits(told, source, at)


def _is_told(told: Sequence[str], source: Sequence[str], places: dict[int, int]) -> bool:
    """Whether what the clause says has happened is not only wished, asked for or thought of in the turn."""
    for here, there in places.items():
        done = told[here].endswith(("ed", "ing")) or (
            here and told[here - 1] in ("has", "have", "been", "was", "were", "is", "are")
        )
        if (
            done
            and there
            and source[there - 1] in ("to", "please", "will", "would", "could", "should", "if", "might", "may")
            and told[here - 1] != source[there - 1]
        ):
            return False
        # "They didn't board us on the plane" is not "they didn't board the plane".
        if there + 1 < len(source) and source[there + 1] == "to" and told[here + 1 : here + 2] != ["to"]:
            return False  # "They forgot to put it in" is not "it was forgotten".
        met = any(_stem(a) == _stem(told[here]) and b in ("me", "us") for a, b in pairwise(source))
        if met and told[here + 1 : here + 2] != ["you"]:
            return False
    return not _is_asked(source, places)


def _is_asked(source: Sequence[str], places: dict[int, int]) -> bool:
    """Whether the turn only asks whether it is so: "why is it down?" says that it is, "is it down?" does not."""
    last = max(places.values())
    end = next((k for k in range(last, len(source)) if source[k] in ".!?"), None)
    start = max((k for k in range(last) if source[k] in ".!?"), default=-1) + 1
    return end is not None and source[end] == "?" and "why" not in source[start:end]


def _places(wanted: Sequence[_Word], there: Sequence[_Word]) -> dict[int, int]:
    """For each wanted word where the source has it: of several places, the one nearest to the word before."""
    found: dict[int, int] = {}
    last: int | None = None
    for word in wanted:
        places = [t.at for t in there if t.stem == word.stem]
        if places:
            best = min(places, key=lambda p: abs(p - (last if last is not None else places[-1])))
            found[word.at] = best
            last = best
    return found


def _rising(numbers: Sequence[int]) -> int:
    """Length of the longest run of rising numbers, others left out."""
    best: list[int] = []
    for k, number in enumerate(numbers):
        best.append(1 + max((best[j] for j in range(k) if numbers[j] <= number), default=0))
    return max(best, default=0)


def _subject_fits(told: Sequence[str], source: Sequence[str], at: Sequence[int]) -> bool:
    """Whether "you" stands where the customer speaks of themselves, and "your" before something of theirs."""
    first = min(at[:2])
    start = max((k for k in range(first) if source[k] in ".!?"), default=-1) + 1
    before = source[start:first]
    if told[0] in ("you", "you've", "you're"):
        return not before or bool(_FIRST_PERSON & set(before[-6:])) or first == start
    if told[0] == "your" and len(at) > 1:
        # "The zip of my jacket has gone" is not "your jacket has gone".
        part = source[at[0] - 2 : at[0]] if at[0] > 1 else []
        if part and part[0] in _OF and (part[0] == "of" or 0 < at[1] - at[0] <= 2):
            return False
        return 0 <= at[1] - at[0] <= 8
    return True
