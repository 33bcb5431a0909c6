"""A draft in better words: rules mend what is often said badly, the language model offers, rules decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from agent_assist.assist import guard
from agent_assist.assist.chat import chat_of
from agent_assist.assist.coach.diff import changes, edits, spelling
from agent_assist.assist.coach.filling import Now
from agent_assist.assist.coach.keep import Bounds, follows, keeps
from agent_assist.assist.coach.orders import obeyed, wish_of
from agent_assist.assist.coach.pieces import (
    Piece,
    body,
    capitalise_after,
    changes_of,
    closing,
    ended,
    pieces_of,
    rewritten,
)
from agent_assist.assist.coach.prompts import draft_branch, sentence_branch
from agent_assist.assist.coach.reviewing import LONGEST, unread
from agent_assist.assist.coach.table import phrase_patterns
from agent_assist.assist.coach.tags import tag_of
from agent_assist.assist.coach.wording import protected, reworded
from agent_assist.assist.sentences import first_sentences, is_complete
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Branch, Engine, EngineEvent, Loading, Reading, Request, Text
from agent_assist.records import (
    AssistEvent,
    Conversation,
    Mood,
    Pillar,
    PillarState,
    Progress,
    Rewrite,
    Stage,
    Tag,
    Wish,
)

OnAssist = Callable[[AssistEvent], None]
MOST_SENTENCES = 8
"""Sentences of a draft that the language model is asked for; of a longer one the rest is left to the rules."""
MOST_WORDS = 300
"""Words of a draft that the language model is asked to write again as a whole."""

_LONGEST = 80
"""Words of the longest sentence that it is asked for."""
_FEWEST_WORDS, _SHORTENED, _LONG = 4, 8, 18
"""Words of a sentence from which the model may touch it, may shorten it, and may make a plain one plainer."""
_LINK = "LINK"
_SHORT_APOLOGY = 14
_SORRY = re.compile(r"\b(?:sorry|apologi[sz]e|apologies)\b", re.IGNORECASE)
_ADDED = {
    Wish.BETTER: (Pillar.LISTEN, Pillar.OWN, Pillar.FOLLOW_UP),
    Wish.WARMER: (Pillar.LISTEN, Pillar.OWN),
}
_TAGS = {Pillar.LISTEN: Tag.VALIDATES, Pillar.OWN: Tag.OWNS, Pillar.FOLLOW_UP: Tag.OWNS, Pillar.RESOLVE: Tag.CLARIFIES}


def rewrite(
    draft: str,
    conversation: Conversation,
    mood: Mood,
    wish: Wish,
    instruction: str,
    engine: Engine | None,
    on_event: OnAssist,
    token: CancelToken,
    *,
    allowed: guard.Allowed | None = None,
) -> Rewrite:
    """A draft with changes to take or leave.

    Nothing is promised that the draft does not promise, and no number, name or link of it is lost.

    Args:
        draft: as the agent wrote it.
        conversation: what it answers.
        mood: as read from it.
        wish: what the agent asks for.
        instruction: in their own words, for `Wish.OWN`; ignored otherwise.
        engine: the language model; None where there is none: then only rules are used.
        on_event: told where the request stands, in this thread.
        token: stops the work.
        allowed: what agents of this site may promise; None for the shipped list.

    Raises:
        KnownError: there is nothing to rewrite or far too much, no instruction, or the model cannot be loaded.
        Cancelled: the token was cancelled.
    """
    if not draft.strip():
        raise KnownError("There is nothing to rewrite yet. Write a few words first.")
    if len(draft) > LONGEST:
        raise KnownError(f"The draft is longer than {LONGEST:,} characters: shorten it, or ask for one part of it.")
    if wish is Wish.OWN and not instruction.strip():
        raise KnownError("Say what is to be changed, for example: mention the opening hours.")
    if unread(conversation, mood):
        return Rewrite(draft, (), ("This conversation does not seem to be in English: only English can be rewritten.",))
    work = _Rewriting(draft, conversation, mood, engine, on_event, token, allowed)
    return work.own(instruction) if wish is Wish.OWN else work.by_sentence(wish)


@dataclass(slots=True)
class _Rewriting:
    """One request."""

    draft: str
    conversation: Conversation
    mood: Mood
    engine: Engine | None
    on_event: OnAssist
    token: CancelToken
    allowed: guard.Allowed | None = None

    def by_sentence(self, wish: Wish) -> Rewrite:
        """Each sentence by rule, then by the model where that is better; then what is missing as a whole."""
        now = Now.of(self.conversation, self.mood)
        pieces = pieces_of(self.draft)
        for piece in pieces:
            if not piece.greeting or wish is Wish.FORMAL:
                piece.new, piece.tags = reworded(piece.text, wish, now.heat)
        _keep_something(pieces)
        self._ask(pieces, wish)
        end: list[tuple[str, Tag]] = []
        if wish in _ADDED:
            _apology_first(pieces, now)
            end = self._add(pieces, now, _ADDED[wish])
        made = changes_of(self.draft, pieces, end)
        return Rewrite(self.draft, made, tuple(self._notes(wish, bool(made), now, pieces)))

    def own(self, instruction: str) -> Rewrite:
        """By rule where the instruction is plain, else the whole draft by the model."""
        wish = wish_of(instruction)
        if wish is not None:
            return self.by_sentence(wish)
        done = obeyed(self.draft, instruction)
        if done is not None:
            return done
        if self.engine is None:
            return Rewrite(self.draft, (), ("Changes in your own words need a language model, and none is installed.",))
        if len(self.draft.split()) > MOST_WORDS:
            return Rewrite(self.draft, (), (f"The draft has more than {MOST_WORDS} words: ask for one part of it.",))
        text = " ".join(self._run([draft_branch("draft", self.draft, instruction)]).get("draft", "").split())
        if follows(self.draft, text, instruction, Bounds.of(self.conversation, self.allowed, self.draft, instruction)):
            meant = [e for e in edits(self.draft, text) if spelling(self.draft[e.start : e.end]) != spelling(e.text)]
            return Rewrite(self.draft, changes(meant, self.draft, tag_of))
        return Rewrite(
            self.draft,
            (),
            ("The language model did not do just that, so that nothing of it is shown. Try other words.",),
        )

    def _ask(self, pieces: list[Piece], wish: Wish) -> None:
        """Offers the model every sentence that it may touch, and takes what is better."""
        asked = [p for p in pieces if _may_change(p) and _worth_asking(p.new, wish)][:MOST_SENTENCES]
        if self.engine is None or not asked:
            return
        masked = [_masked(p.new) for p in asked]
        answers = self._run([sentence_branch(str(k), text, wish) for k, (text, _) in enumerate(masked)])
        bound = Bounds.of(self.conversation, self.allowed, self.draft)
        for k, (piece, (_, link)) in enumerate(zip(asked, masked, strict=True)):
            offered = first_sentences(" ".join(answers.get(str(k), "").split()), 1)
            if link:
                offered = offered.rstrip(".").replace(_LINK, link) if offered.count(_LINK) == 1 else ""
            if offered and (link or is_complete(offered)) and _better(piece, offered, wish, bound):
                piece.new, piece.tags = offered, []

    def _run(self, branches: list[Branch]) -> dict[str, str]:
        if self.engine is None:
            return {}
        writing = False

        def tell(event: EngineEvent) -> None:
            nonlocal writing
            match event:
                case Loading(done):
                    self.on_event(Progress(Stage.LOADING, done))
                case Reading(done, total):
                    self.on_event(Progress(Stage.READING, done / total if total else None))
                case Text() if not writing:
                    writing = True
                    self.on_event(Progress(Stage.WRITING))

        request = Request(chat_of(self.conversation).messages, tuple(branches))
        return self.engine.run(request, tell, self.token).texts

    def _add(self, pieces: list[Piece], now: Now, wanted: tuple[Pillar, ...]) -> list[tuple[str, Tag]]:
        """Puts in what is missing: what was heard in front, what follows at the end.

        Returns:
            What goes behind the last piece.
        """
        end: list[tuple[str, Tag]] = []
        for pillar in wanted:
            if now.states(rewritten(pieces), self.conversation)[pillar] is not PillarState.MISSING:
                continue
            text = now.sentence(pillar, self.conversation, rewritten(pieces), self.allowed)
            at = closing(pieces) if pillar is Pillar.FOLLOW_UP else min(body(pieces), len(pieces) - 1)
            if text is None or (pillar is Pillar.FOLLOW_UP and not ended(pieces[at - 1].text)):
                continue
            if pillar is Pillar.FOLLOW_UP:
                (end if at == len(pieces) else pieces[at].first).append((text, _TAGS[pillar]))
            else:
                pieces[at].first.append((text, _TAGS[pillar]))
                capitalise_after(pieces, at)
        return end

    def _notes(self, wish: Wish, changed: bool, now: Now, pieces: list[Piece]) -> list[str]:
        notes = []
        if self.engine is None:
            notes.append("No language model is installed: only rules were used.")
        if wish in _ADDED and now.states(rewritten(pieces), self.conversation)[Pillar.RESOLVE] is PillarState.MISSING:
            notes.append("The draft has no next step in it, and only you know what can be done.")
        if not changed:
            notes.append("There is nothing to change for this wish.")
        return notes


def _may_change(piece: Piece) -> bool:
    """Whether the model may put a piece in other words: a whole sentence, without blanks, a link only at its end."""
    if piece.greeting or not _FEWEST_WORDS <= len(piece.new.split()) <= _LONGEST:
        return False
    places = protected(piece.new)
    return not places or (len(places) == 1 and places[0][1] == len(piece.new) and "[" not in piece.new)


def _masked(text: str) -> tuple[str, str]:
    """A sentence with a word in place of its link, which a small model would not copy right, and the link."""
    places = protected(text)
    if not places:
        return text, ""
    start, end = places[0]
    return text[:start] + _LINK + text[end:], text[start:end]


def _worth_asking(text: str, wish: Wish) -> bool:
    """Whether the model is likely to have something better: what is short or plain already is only spoilt."""
    words = len(text.split())
    if wish is Wish.BETTER:
        return words >= _LONG or _coldness(text) > 0
    return words >= (_SHORTENED if wish is Wish.SHORTER else _FEWEST_WORDS)


def _better(piece: Piece, offered: str, wish: Wish, bound: Bounds) -> bool:
    """Whether what the model offers says the same, and serves the wish more than what the rules made of it."""
    if spelling(offered) == spelling(piece.new) or _coldness(offered) > _coldness(piece.new):
        return False
    if not keeps(piece.new, offered, bound, shorter=wish is Wish.SHORTER):
        return False
    words, before = len(offered.split()), len(piece.new.split())
    if wish is Wish.SHORTER:
        return words <= before - max(1, before // 8)
    if wish is Wish.BETTER:
        return _coldness(offered) < _coldness(piece.new) or words <= before - max(2, before // 5)
    return words <= before + max(4, before // 3)


def _coldness(text: str) -> int:
    """What a sentence carries of phrases that sit badly, by their weights."""
    return sum(phrase.weight for phrase, pattern in phrase_patterns() if pattern.search(text))


def _keep_something(pieces: list[Piece]) -> None:
    """A draft of nothing but what is better left out keeps its last sentence."""
    if not any(p.new for p in pieces if not p.greeting) and pieces:
        pieces[-1].new, pieces[-1].tags = pieces[-1].text, []


def _apology_first(pieces: list[Piece], now: Now) -> None:
    """Moves a short apology to the front, where somebody in trouble looks for it."""
    if Pillar.OWN not in now.moment.needs:
        return
    first = body(pieces)
    at = next((k for k, p in enumerate(pieces) if _SORRY.search(p.new)), first)
    if at > first and len(pieces[at].new.split()) <= _SHORT_APOLOGY:
        pieces[first].first.append((pieces[at].new, Tag.OWNS))
        pieces[at].new, pieces[at].tags = "", [Tag.OWNS]
        capitalise_after(pieces, first)
