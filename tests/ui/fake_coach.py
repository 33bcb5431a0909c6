"""The part of the fake desk that looks at the agent's own draft. A gate that is not set holds its work back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Analysis,
    AssistEvent,
    Change,
    Coaching,
    Conversation,
    Mood,
    Pillar,
    PillarState,
    Progress,
    Remark,
    RemarkKind,
    Rewrite,
    Stage,
    Tag,
    Wish,
)

COLD = "Unfortunately we regret the delay. I guarantee a refund of $649 today."
SAYS_SORRY = Remark(
    RemarkKind.MISSING,
    "Say first that you heard what three weeks without the desk mean.",
    "She has told it twice, and nothing in the text shows that it was heard.",
    pillar=Pillar.LISTEN,
)
NOTES = (("handoff", "Handoff note"), ("wrap_up", "Wrap-up note"), ("case", "Case fields"))


def coaching_of(draft: str) -> Coaching:
    """“sorry” gives the first pillar, “guarantee” is a promise, “Unfortunately” is cold."""
    given = PillarState.GIVEN if "sorry" in draft.lower() else PillarState.MISSING
    states = (given, PillarState.GIVEN, PillarState.MISSING, PillarState.NOT_NEEDED)
    remarks = [] if given is PillarState.GIVEN else [SAYS_SORRY]
    for word, kind, text in (
        ("guarantee", RemarkKind.PROMISE, "Nothing in the conversation carries this promise."),
        ("Unfortunately", RemarkKind.TONE, "This sounds cold to somebody who is upset."),
        ("no worries", RemarkKind.TONE, "They do worry."),
        ("calm down", RemarkKind.TONE, "Nobody calms down on being told to."),
    ):
        at = draft.find(word)
        if at >= 0:
            remarks.append(Remark(kind, text, f"It stands on “{word}”.", at, at + len(word)))
    if not draft.strip():
        return Coaching(dict.fromkeys(Pillar, PillarState.NOT_NEEDED))
    return Coaching(dict(zip(Pillar, states, strict=True)), tuple(remarks), 0.62)


def rewrite_of(draft: str) -> Rewrite:
    """Three changes of `COLD`; none of another text."""
    if draft != COLD:
        return Rewrite(draft)
    return Rewrite(
        draft,
        (
            Change(0, 34, "I'm sorry for these three weeks.", Tag.VALIDATES),
            Change(35, 46, "I'll ask for", Tag.OWNS),
            Change(63, 69, "", Tag.SHORTENS),
        ),
    )


class FakeCoach:
    """Coaches by a few words, rewrites one draft, writes notes."""

    def __init__(self) -> None:
        self.coach_gate, self.rewrite_gate = threading.Event(), threading.Event()
        self.coach_gate.set()
        self.rewrite_gate.set()
        self.coached: list[str] = []
        self.wishes: list[tuple[Wish, str]] = []
        self.rewrites: Callable[[str], Rewrite] = rewrite_of
        self.learnt: tuple[tuple[str, float], ...] = ()
        self.rewrite_cancelled = threading.Event()

    def coach(self, conversation: Conversation, mood: Mood, draft: str) -> Coaching:
        self.coached.append(draft)
        self.coach_gate.wait(10)
        self._fail("coach")
        return coaching_of(draft)

    def rewrite(
        self,
        conversation: Conversation,
        mood: Mood,
        draft: str,
        wish: Wish,
        instruction: str,
        on_event: Callable[[AssistEvent], None],
        token: CancelToken,
    ) -> Rewrite:
        self.wishes.append((wish, instruction))
        on_event(Progress(Stage.WRITING))
        token.on_cancel(self.rewrite_cancelled.set)
        while not self.rewrite_gate.wait(0.005):
            token.check()
        token.check()
        self._fail("rewrite")
        return self.rewrites(draft)

    def notes(self) -> tuple[tuple[str, str], ...]:
        self._fail("notes")
        return NOTES

    def note(self, name: str, analysis: Analysis) -> str:
        issue = analysis.assist.summary.issue if analysis.assist is not None else None
        return f"{name.upper()}\nProblem: {issue.text if issue else 'not known yet'}"

    def preferences(self) -> tuple[tuple[str, float], ...]:
        self._fail("preferences")
        return self.learnt

    def forget_preferences(self) -> None:
        self._fail("forget_preferences")
        self.learnt = ()

    def _fail(self, what: str) -> None:
        raise NotImplementedError
