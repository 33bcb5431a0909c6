"""The replies of one moment: composed at once, made specific by what the model writes, checked and ranked."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.assist import guard, pillars
from agent_assist.assist.facts import find_facts
from agent_assist.assist.moment import Kind, Moment, find_moment
from agent_assist.assist.phrases import case_of
from agent_assist.assist.replies import careful, matter, ranking
from agent_assist.assist.replies.bank import Heat, Part
from agent_assist.assist.replies.clause import ClauseJudge
from agent_assist.assist.replies.compose import Composer, Strategy, strategies
from agent_assist.assist.replies.context import Context, find_context
from agent_assist.assist.replies.mirror import Mirrored
from agent_assist.assist.replies.preference import Preference
from agent_assist.assist.replies.ranking import Candidate
from agent_assist.assist.replies.voiced import voice_branches, voiced
from agent_assist.assist.voice import KEY as VOICE
from agent_assist.llm.engine import Branch, Message, Role
from agent_assist.records import Conversation, Fact, Mood, Reply

KEY = "reply."
"""What the keys of the branches begin with."""

_LINE = r'root ::= [^\n\r<>{}|#*`\[\]()"“”?!]+'
_SAY_BACK = Message(
    Role.SYSTEM,
    "Before you answer, say back to the customer in one short sentence what happened to them. Speak to the customer: "
    "you, your. Use their own words.",
)
_TOKENS = 28
_SORRY = "I'm sorry that"
_WHY = "I'll look into why"
# What the model begins with, and what of it is a frame around the clause that it goes on with.
# Those that need no task stand first: their first words come soonest.
_ASKED = (
    ("sorry", f"{_SORRY} your", _SORRY, False),
    ("why", _WHY, _WHY, False),
    ("you", "You", "", True),
    ("problem", "The problem is that", "The problem is that", True),
    ("your", "Your", "", True),
)
_NOTHING: tuple[Mirrored, ...] = ()


def reply_branches(conversation: Conversation, moment: Moment, *, voice: bool = False) -> list[Branch]:
    """What the model is asked for: the customer's trouble in one clause, begun in several ways.

    Args:
        conversation: what is answered.
        moment: its end.
        voice: the model has learned our voice; then it is asked for whole replies instead.
    """
    if moment.kind in careful.KINDS:
        return []
    if voice:
        return voice_branches(find_context(conversation, moment, ()))
    if moment.kind is Kind.GLAD:
        return []
    return [
        Branch(KEY + name, (_SAY_BACK,) if says_back else (), opening, max_tokens=_TOKENS, sentences=1, grammar=_LINE)
        for name, opening, _, says_back in _ASKED
    ]


class ReplyWriter:
    """Writes the replies for one moment of a conversation.

    Args:
        conversation: what is answered.
        moment: its end.
        facts: found in it.
        preference: what is taken at this desk.
    """

    def __init__(
        self, conversation: Conversation, moment: Moment, facts: Sequence[Fact], preference: Preference | None = None
    ) -> None:
        self._conversation = conversation
        self._moment = moment
        self._facts = facts
        self._preference = preference or Preference()
        self._judge = ClauseJudge(conversation)
        self._clauses: list[Mirrored] = []
        self._matter: str | None = None
        self._lines: dict[str, str] = {}
        self._voiced: list[Candidate] = []
        self._chosen = self._first()

    def drafts(self) -> list[Reply]:
        """The replies as far as rules alone can make them, in the order of their slots."""
        if self._moment.kind in careful.KINDS:
            return self._careful()
        return [candidate.reply for candidate in self._chosen]

    def take(self, key: str, text: str) -> None:
        """Takes a finished line of the model's: the branch's key and its whole text."""
        if key == matter.KEY:
            self._matter = matter.find_matter(self._conversation, text)
            return
        if key.startswith(VOICE):
            if (found := voiced(key, text, self._context(), self._preference)) is not None:
                self._voiced.append(found)
            return
        frame = next(frame for name, _, frame, _ in _ASKED if KEY + name == key)
        clause = self._judge.take(text, frame)
        if clause is None:
            return
        self._clauses.append(clause)
        if frame in (_SORRY, _WHY) and guard.check(line := f"{frame} {clause.text}.", self._conversation).ok:
            self._lines[frame] = line

    def replies(self) -> list[Reply]:
        """The replies with what the model has written so far, in the order of their slots.

        A slot keeps its strategy, so that what is on the screen changes once and in place: its sentences give way where
        ones that name the customer's trouble are better.
        """
        if self._moment.kind in careful.KINDS:
            return self._careful()
        if self._voiced:
            return [candidate.reply for candidate in self._best_of_both()]
        if not self._clauses and self._matter is None:
            return self.drafts()
        context = self._context()
        composer, shown = Composer(context), list[Candidate]()
        fitting = strategies(context)
        slots = [c.made.strategy for c in self._chosen]
        for strategy in (*slots, *(s for s in fitting if s not in slots)):
            if len(shown) == ranking.MOST:
                break
            if any(c.made.strategy.name == strategy.name for c in shown):
                continue
            found = self._candidates(context, composer, strategy)
            found = [c for c in found if not ranking.is_copy(c, shown)] or [
                c for c in self._chosen if c.made.strategy is strategy
            ]
            shown += ranking.best(found, 1)
        return [candidate.reply for candidate in shown]

    def _best_of_both(self) -> list[Candidate]:
        """The best of what was written and composed, each in the slot of its strategy where that had one."""
        context = self._context()
        composer = Composer(context)
        composed = [c for strategy in strategies(context) for c in self._candidates(context, composer, strategy)]
        found = ranking.best([*self._voiced, *composed])
        slots = [c.reply.strategy for c in self._chosen]
        kept = {slots.index(c.reply.strategy): c for c in found if c.reply.strategy in slots[: len(found)]}
        others = iter([c for c in found if c not in kept.values()])
        return [kept.get(slot) or next(others) for slot in range(len(found))]

    def _first(self) -> list[Candidate]:
        if self._moment.kind in careful.KINDS:
            return []
        context = self._context()
        composer = Composer(context)
        made = (composer.reply(strategy) for strategy in strategies(context))
        found = [c for one in made if one is not None and (c := ranking.judged(one, context, self._preference))]
        return ranking.best(found)

    def _candidates(self, context: Context, composer: Composer, strategy: Strategy) -> list[Candidate]:
        """A strategy's replies with the model's clauses in the bank's sentences, and with the model's own."""
        ways = [composer.reply(strategy)]
        if given := self._given(context, strategy):
            ways.append(composer.reply(strategy, given))
        return [c for one in ways if one is not None and (c := ranking.judged(one, context, self._preference))]

    def _given(self, context: Context, strategy: Strategy) -> dict[str, str]:
        """The model's own sentences that a strategy has a place for; each is used in one reply only."""
        if _SORRY in self._lines and context.heat is not Heat.CALM and strategy.parts[0] == Part.OWN:
            return {Part.OWN.value: self._lines.pop(_SORRY)}
        if _WHY in self._lines and "trouble" in context.flags and Part.RESOLVE in strategy.parts:
            return {Part.RESOLVE.value: self._lines.pop(_WHY)}
        return {}

    def _context(self) -> Context:
        return find_context(self._conversation, self._moment, self._facts, tuple(self._clauses), self._matter)

    def _careful(self) -> list[Reply]:
        replies = []
        reading = self._moment.reading
        for one in careful.careful_replies():
            text = one.text.replace("{case}", case_of(self._facts, self._conversation.turns))
            grounding = guard.check(text, self._conversation)
            if one.kind is self._moment.kind and grounding.ok:
                states = pillars.assess(text, reading, self._conversation.turns)
                replies.append(Reply(one.strategy, text, states, pillars.empathy(text, states, reading), grounding))
        return replies


def compose(conversation: Conversation, mood: Mood, preference: Preference | None = None) -> tuple[Reply, ...]:
    """Replies without a language model, in milliseconds.

    Args:
        conversation: what is answered.
        mood: as read from it.
        preference: what is taken at this desk.

    Returns:
        At most three, of different strategies; none where none may be written or none is good enough.
    """
    if careful.none_offered(conversation) is not None:
        return ()
    moment = find_moment(conversation, mood)
    return tuple(ReplyWriter(conversation, moment, find_facts(conversation.turns), preference).drafts())
