"""Turns that were blacked out when they were saved, known again where a source shows them as they were.

What a text is depends on what was asked before it: "482913" is a code behind "What is your code?". Where a page shows
its last messages only, the question is not among them, and what was blacked out comes again in clear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from typing import TypeVar, cast

from agent_assist.history.fitting import Fit, fit, likeliest_start
from agent_assist.records import Analysis, Turn

T = TypeVar("T")

# Each placeholder by its words, and what may stand for it. A test holds them against those of the redaction.
_SPOKEN = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SAID = rf"{_SPOKEN}(?:[ ,-]{{1,2}}{_SPOKEN}){{2,7}}"
_VALUES = {
    "card ending": r"\d(?:[ .-]?\d){7,18}",
    "IBAN": r"[A-Z]{2}\s?\d{2}[A-Z0-9\s-]{10,45}",
    "bank number": r"\d[\d -]{2,24}",
    "token": r"\S{4,4000}",
    "PIN": rf"\d(?:[ -]?\d){{2,7}}|{_SAID}",
    "security code": rf"\d{{3,8}}|{_SAID}",
    "code": rf"(?=\D{{0,10}}\d)[A-Z0-9]{{1,10}}(?:[ -][A-Z0-9]{{1,10}}){{0,3}}|{_SAID}",
    "password": r"\S{3,64}",
    "national id": r"(?=\D{0,20}\d)\w[\w ./-]{4,30}",
    "e-mail": r"\S.{0,80}@.{0,80}\S|\S.{2,100}\sat\s.{2,100}\S",
    "phone": r"[+(]?\d[\d ()./-]{4,24}",
    "address": r"\S.{2,200}\S",
    "name": r"[^\W\d_].{0,80}",
}
_SHAPES = {kind: re.compile(value, re.IGNORECASE | re.DOTALL) for kind, value in _VALUES.items()}
_PLACEHOLDER = re.compile(rf"\[({'|'.join(map(re.escape, _VALUES))})(?: (\d{{1,6}}))?\]")
_HARD = re.compile(r"[\d!@#$%^&*_+=]")
"""What makes a word that stands alone likely to be a password."""
_SHORTEST = 4
"""A value shorter than this is as often something else where it stands again, as in the redaction."""
_TRIES = 40
_TRIED = 64
"""Saved texts with placeholders that are held against a turn besides the one in its place."""
_NOT_WORD = re.compile(r"[\W_]+")
_NO_ORIGINALS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Laid:
    """How shown turns lie on saved ones, and which of them are saved blacked out.

    Attributes:
        fit: where they lie.
        texts: the saved text of shown turns that came in clear, by their index.
        values: what stands in those in clear, and its placeholder.
    """

    fit: Fit
    texts: Mapping[int, str]
    values: Mapping[str, str]


def lay(
    saved: Sequence[Turn],
    shown: Sequence[Turn],
    customers: tuple[str | None, str | None],
    originals: Mapping[str, str] = _NO_ORIGINALS,
) -> Laid | None:
    """How turns lie on saved ones, see `fit`, where those may have placeholders for what is shown.

    A placeholder tells nothing of whose it is. Between two customers it is like nothing; else it stands for a value
    only where turns without one are the same: one, or two where it is not known who the customer is.

    Args:
        saved: the turns as they are saved.
        shown: the turns that came in.
        customers: the name of the customer in both, where it is known.
        originals: what saved placeholders stand for, where it is known.
    """
    if are_two(*customers):
        lies = fit([_unlike_any(turn) for turn in saved], shown)
        return None if lies is None else Laid(lies, {}, {})
    texts = _candidates(saved, shown, originals)
    if texts and _alike(saved, shown) >= (1 if all(customers) else 2):
        lies = fit(saved, [replace(turn, text=texts.get(i, turn.text)) for i, turn in enumerate(shown)])
        if lies is not None:
            sure = dict(_confirmed(saved, shown, texts, lies))
            return Laid(lies, sure, _values(shown, sure, originals))
    lies = fit(saved, shown)
    return None if lies is None else Laid(lies, {}, {})


def are_two(one: str | None, other: str | None) -> bool:
    """Whether two names are of two customers: both are known, and have no word in common."""
    return bool(one and other and not set(one.casefold().split()) & set(other.casefold().split()))


def blacked(shown: Analysis, laid: Laid) -> Analysis:
    """What is shown with the saved texts of the turns that are saved blacked out, and their values nowhere else."""
    if not laid.texts:
        return shown
    conversation = shown.conversation
    turns = tuple(replace(turn, text=laid.texts.get(i, turn.text)) for i, turn in enumerate(conversation.turns))
    shown = replace(shown, conversation=replace(conversation, turns=turns))
    longest_first = sorted((v for v in laid.values if len(v) >= _SHORTEST), key=len, reverse=True)
    if longest_first:
        again = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
        shown = _everywhere(shown, again, laid.values)
    named = replace(shown.conversation, id=conversation.id, source=conversation.source, customer=conversation.customer)
    return replace(shown, conversation=named)


def _everywhere(thing: T, again: re.Pattern[str], values: Mapping[str, str]) -> T:
    """The same with placeholders for values in every text that it holds."""
    if type(thing) is str:  # names of labels and ways are texts too, and no text of a customer
        return cast(T, again.sub(lambda match: values[match[0]], str(thing)))
    if isinstance(thing, tuple):
        return cast(T, tuple(_everywhere(one, again, values) for one in thing))
    if is_dataclass(thing) and not isinstance(thing, type):
        now = {field.name: getattr(thing, field.name) for field in fields(thing)}
        changed = {name: _everywhere(value, again, values) for name, value in now.items()}
        return replace(thing, **changed)
    return thing


def _unlike_any(turn: Turn) -> Turn:
    return replace(turn, text=f"{turn.text}\0") if _PLACEHOLDER.search(turn.text) else turn


def _alike(saved: Sequence[Turn], shown: Sequence[Turn]) -> int:
    """How many turns are the same and say something besides placeholders."""
    both = Counter(turn.text for turn in saved) & Counter(turn.text for turn in shown)
    return sum(count for text, count in both.items() if not _PLACEHOLDER.search(text))


def _candidates(saved: Sequence[Turn], shown: Sequence[Turn], originals: Mapping[str, str]) -> dict[int, str]:
    """For each shown turn that is not saved as it is, the text of a saved one that may stand for it.

    That is the one in the place that the other turns tell, else the last.
    """
    forms = dict.fromkeys(turn.text for turn in reversed(saved) if _PLACEHOLDER.search(turn.text))
    if not forms:
        return {}
    last = list(islice(forms, _TRIED))
    known = {turn.text for turn in saved}
    start = likeliest_start([turn.text for turn in saved], [turn.text for turn in shown])
    found: dict[int, str] = {}
    for i, turn in enumerate(shown):
        if turn.text in known:
            continue
        there = saved[start + i].text if start is not None and start + i < len(saved) else ""
        order = [there, *last] if there in forms else last
        text = next((form for form in order if _stand_in(form, turn.text, originals) is not None), None)
        if text is not None:
            found[i] = text
    return found


def _confirmed(
    saved: Sequence[Turn], shown: Sequence[Turn], texts: Mapping[int, str], lies: Fit
) -> Iterator[tuple[int, str]]:
    """Those of the texts that stand for a turn in its own place: "4711" further on may be anything."""
    if not lies.whole:
        for i, text in texts.items():
            place = lies.start + i
            if place < lies.end and saved[place].text == text:
                yield i, text
        return
    waiting = Counter(turn.text for turn in saved) - Counter(turn.text for turn in shown)
    for i, text in texts.items():
        if waiting[text] > 0:
            waiting[text] -= 1
            yield i, text


def _values(shown: Sequence[Turn], texts: Mapping[int, str], originals: Mapping[str, str]) -> dict[str, str]:
    pairs = (pair for i, text in texts.items() for pair in _stand_in(text, shown[i].text, originals) or ())
    return {value: placeholder for placeholder, value in pairs if value != placeholder}


def _stand_in(form: str, text: str, originals: Mapping[str, str]) -> list[tuple[str, str]] | None:
    """The placeholders of a saved text with what stands for each in another text; None where it is another text."""
    marks = list(_PLACEHOLDER.finditer(form))
    ends = [*(mark.start() for mark in marks[1:]), len(form)]
    at = marks[0].start()
    if not text.startswith(form[:at]):
        return None
    bare = not any(char.isalnum() for char in _PLACEHOLDER.sub("", form))
    found: list[tuple[str, str]] = []
    for mark, following in zip(marks, ends, strict=True):
        literal = form[mark.end() : following]
        end = _end_of(mark, text, at, literal, originals, last=following == len(form))
        if end is None or (bare and mark[1] == "password" and not _HARD.search(text, at, end)):
            return None
        found.append((mark[0], text[at:end]))
        at = end + len(literal)
    return found


def _end_of(
    mark: re.Match[str], text: str, at: int, literal: str, originals: Mapping[str, str], *, last: bool
) -> int | None:
    """Where what stands for a placeholder ends: right before the literal text behind it, at its first fitting place."""
    if last:
        end = len(text) - len(literal)
        fits = end > at and text.endswith(literal) and _stands_for(mark, text[at:end], originals)
        return end if fits else None
    if not literal:
        return None
    end = at
    for _ in range(_TRIES):
        end = text.find(literal, end + 1)
        if end < 0:
            return None
        if _stands_for(mark, text[at:end], originals):
            return end
    return None


def _stands_for(mark: re.Match[str], value: str, originals: Mapping[str, str]) -> bool:
    """Whether a placeholder may stand for a value: it has its shape, and is like the original where that is known."""
    if value == mark[0]:
        return True
    if not _SHAPES[mark[1]].fullmatch(value):
        return False
    plain = _plain(value)
    if mark[1] == "card ending":
        return plain.endswith(mark[2] or " ")
    original = _plain(originals.get(mark[0], ""))
    return not original or plain in original or original in plain or plain[-6:] == original[-6:]


def _plain(value: str) -> str:
    return _NOT_WORD.sub("", value).casefold()
