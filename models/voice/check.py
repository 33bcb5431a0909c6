"""Whether the written examples are as they should be: the product's own guard and support, and rules of the set.

    python -m models.voice.check [FILE ...]

Prints one line for each fault and ends with 1 where there is one. Without files it checks the whole set.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from agent_assist.assist import guard
from agent_assist.assist.cite import stems
from agent_assist.assist.sentences import PLACEHOLDER
from agent_assist.assist.summary.fields import ABOUT, ASKS, COMPLAINS, OURS, WISH, Opening
from agent_assist.assist.summary.support import Support
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker
from models.voice.examples import DATA, Answer, Case, Cited, Example, load

MOST_OF_ONE_OPENING = 8
"""Replies of the whole set that may begin with the same five words."""
_OPENING_WORDS = 5
_IN_ONE_FILE = 2
_TURNS = (1, 18)
_WORDS = (30, 90)
_FEWEST_CALM = 12
_ALIKE = 0.5
_MOST_BLANKS = 2
_WORD = re.compile(r"[\w']+")
_APOLOGY = re.compile(r"\b(?:sorry|apolog\w+|regret)\b", re.IGNORECASE)
_REPORTS = re.compile(r"\bthe customer\b|\bthe agent\b", re.IGNORECASE)
_UNFIT = re.compile(r"[\n\r<>{}|#*`\\]")
_STATE = frozenset(("anger", "frustration", "anxiety", "trust", "hope"))
_BEGUN = (("complains", COMPLAINS), ("about", ABOUT), ("asks", ASKS), ("wants", WISH))


def faults(example: Example) -> Iterator[str]:
    """What is wrong with one example, a line each."""
    count = len(example.turns)
    if not _TURNS[0] <= count <= _TURNS[1]:
        yield f"{count} turns"
    if any(not said.text.strip() for said in example.turns):
        yield "an empty turn"
    if not any(said.speaker is Speaker.CUSTOMER for said in example.turns):
        yield "no customer"
    conversation = example.conversation
    yield from _of_summary(example.summary, conversation)
    yield from _of_replies(example, conversation)
    if not example.actions:
        yield "no action"
    for action in example.actions:
        yield from _cited("action", action.turns, count)
    yield from _of_rewrite(example)
    if (played := example.roleplay) is not None:
        if set(played.state) != _STATE or not all(0 <= v <= 1 for v in played.state.values()):
            yield f"roleplay.state must have {', '.join(sorted(_STATE))}, each 0 to 1"
        if played.after not in range(len(example.replies)) or not played.line.strip():
            yield "roleplay answers no reply, or says nothing"


def _of_summary(case: Case, conversation: Conversation) -> Iterator[str]:
    support = Support(conversation)
    if not (case.complains or case.about or case.asks):
        yield "summary has none of complains, about, asks"
    for name, opening in _BEGUN:
        line: Cited | None = getattr(case, name)
        if line is not None:
            yield from _of_line(name, line, opening, support.check(line.text, opening.text), len(conversation.turns))
    if case.agent is not None:
        found = support.check_ours(case.agent.text, OURS.text)
        yield from _of_line("agent", case.agent, OURS, found, len(conversation.turns))
    for name in ("tried", "feeling", "open"):
        if (line := getattr(case, name)) is not None:
            yield from _cited(name, line.turns, len(conversation.turns))


def _of_line(name: str, line: Cited, opening: Opening, found: object, turns: int) -> Iterator[str]:
    yield from _cited(name, line.turns, turns)
    if not line.text.startswith(opening.text + " "):
        yield f"summary.{name} must begin “{opening.text}”"
    elif line.text.count(opening.text) > 1:
        yield f"summary.{name} says “{opening.text}” twice"
    elif found is None:
        yield (
            f"summary.{name} is not carried by the turns for the product (one full sentence, at most 40 words, "
            f"its content words from the turns, denies what they deny): {line.text}"
        )


def _cited(name: str, turns: Sequence[int], count: int) -> Iterator[str]:
    if not turns or any(i not in range(count) for i in turns):
        yield f"{name} cites turns that are not there: {list(turns)}"


def _of_replies(example: Example, conversation: Conversation) -> Iterator[str]:
    replies = example.replies
    if len(replies) != 3 or len({r.strategy for r in replies}) != 3:
        yield "replies must be three of different strategies"
    for n, reply in enumerate(replies):
        yield from (f"reply {n}: {fault}" for fault in _of_reply(reply, "calm" in example.tags, conversation))
        said = stems(reply.text)
        for m in range(n):
            told = stems(replies[m].text)
            if len(said & told) > _ALIKE * len(said | told):
                yield f"replies {m} and {n} say much the same"


def _of_reply(reply: Answer, calm: bool, conversation: Conversation) -> Iterator[str]:
    text = reply.text
    for found in guard.findings(text, conversation):
        yield f"the guard objects to “{found.text}”: {found.reason}"
    words = len(_WORD.findall(PLACEHOLDER.sub(" ", text)))
    fewest = _FEWEST_CALM if calm or reply.strategy == "close" else _WORDS[0]
    if not fewest <= words <= _WORDS[1]:
        yield f"{words} words, not {fewest} to {_WORDS[1]}"
    if calm and _APOLOGY.search(text):
        yield "an apology where nobody is upset"
    if _REPORTS.search(text):
        yield "it reports instead of speaking to the customer"
    if _UNFIT.search(text):
        yield "a character that no reply may have (line breaks, <>{}|#*` and backslash)"
    if len(PLACEHOLDER.findall(text)) > _MOST_BLANKS:
        yield "more than two blanks"
    if any(_opening(text) == _opening(said.text) for said in conversation.turns):
        yield "it begins as a turn of the conversation does"


def _of_rewrite(example: Example) -> Iterator[str]:
    made = example.rewrite
    if made is None:
        return
    whole = bool(made.instruction and made.draft and made.text)
    if whole == bool(made.wish and made.pairs):
        yield "rewrite needs either wish and pairs or instruction, draft and text"
    after = made.text if whole else " ".join(better for _, better in made.pairs)
    # What the draft says the agent knows: it counts as said.
    for found in guard.findings(after, example.conversation):
        if found.text.lower() not in (made.draft + " ".join(before for before, _ in made.pairs)).lower():
            yield f"rewrite: the guard objects to “{found.text}”: {found.reason}"


def set_faults(examples: Sequence[Example], most: int = MOST_OF_ONE_OPENING) -> Iterator[str]:
    """What is wrong with examples beside each other."""
    for identity, times in Counter(example.id for example in examples).items():
        if times > 1:
            yield f"{identity} is there {times} times"
    replies = Counter(_opening(reply.text) for example in examples for reply in example.replies)
    for opening, times in replies.items():
        if times > most:
            yield f"{times} replies begin “{' '.join(opening)}”, at most {most} may"
    turns = Counter(_first(example) for example in examples)
    for text, times in turns.items():
        if times > 1:
            yield f"{times} conversations begin with the same turn: {text[:60]}"


def _first(example: Example) -> str:
    return " ".join(example.turns[0].text.lower().split()) if example.turns else ""


def _opening(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text)[:_OPENING_WORDS])


def main(arguments: Iterable[str]) -> int:
    """Checks files, or the whole set."""
    named = [Path(name) for name in arguments]
    found, whole = 0, list[Example]()
    for path in named or sorted(DATA.glob("*.jsonl")):
        try:
            examples = list(load(path))
        except KnownError as error:
            sys.stdout.write(f"{error}\n")
            return 1
        whole += examples
        lines = [f"{e.id}: {fault}" for e in examples for fault in faults(e)]
        lines += [f"{e.id}: belongs to another file" for e in examples if e.cell != path.stem]
        found += len(lines)
        sys.stdout.writelines(line + "\n" for line in lines)
    lines = list(set_faults(whole, _IN_ONE_FILE if len(named) == 1 else MOST_OF_ONE_OPENING))
    sys.stdout.writelines(line + "\n" for line in lines)
    found += len(lines)
    sys.stdout.write(f"{len(whole)} examples, {found} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
