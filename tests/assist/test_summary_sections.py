"""A conversation longer than the model's context is read whole, in sections whose lines keep their turns."""

from __future__ import annotations

from pathlib import Path

import pytest
from conversations import conversation
from scripted_engine import ScriptedEngine

from agent_assist.assist.summary import WANTS, Sectioned, summarise_in_sections
from agent_assist.errors import Cancelled
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import OnEvent, Request, Result, Role
from agent_assist.records import AssistEvent, Conversation, Mood, Progress, Stage, SummaryDraft
from models import catalog

FILLING = " ".join(["Thank you so much for all the kind words about the green lamp in the hall."] * 6)
LONG = conversation(
    f"c: My router drops the connection every evening. {FILLING}",
    f"a: Please reset the router with the small button. {FILLING}",
    f"c: I called the hotline twice last week about it. {FILLING}",
    f"a: A technician has measured the line to the cabinet. {FILLING}",
    f"c: My television picture freezes as well now. {FILLING}",
    f"a: We have replaced the broken splitter in the cellar. {FILLING}",
    f"c: I want to cancel the contract this month. {FILLING}",
    f"a: The notice period ends in March. {FILLING}",
)
LIMIT = 700


class SmallEngine(ScriptedEngine):
    """Scripted by what a section says, and with a context that holds so many characters."""

    def __init__(self, holds: int = 10**6) -> None:
        super().__init__({}, default=" nothing.")
        self.holds = holds

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        text = " ".join(m.text for m in request.conversation if m.role is not Role.SYSTEM)
        self.script = {}
        if "router drops" in text:
            self.script["summary.issue.about"] = " their router that drops the connection every evening."
        if "television" in text:
            self.script["summary.issue.about"] = " their television picture that freezes."
        if "cancel" in text:
            self.script[WANTS] = " to cancel the contract this month."
        result = super().run(request, on_event, token)
        left_out = (1,) if len(text) > self.holds else ()
        return Result(result.texts, result.reasons, left_out, result.limit, result.stats)


def run(engine: SmallEngine, talk: Conversation = LONG, limit: int = LIMIT) -> tuple[Sectioned, list[AssistEvent]]:
    events: list[AssistEvent] = []
    return summarise_in_sections(talk, Mood(()), engine, limit, events.append, CancelToken()), events


def turns_read(engine: SmallEngine) -> list[str]:
    return [m.text for r in engine.requests for m in r.conversation if m.role is not Role.SYSTEM]


def test_every_turn_is_read_once_and_in_order() -> None:
    engine = SmallEngine()
    made, _ = run(engine)
    assert turns_read(engine) == [turn.text for turn in LONG.turns]
    assert made.sections == len(engine.requests) > 1
    assert f"8 turns were summed up in {made.sections} sections" in made.note


def test_lines_cite_the_turns_of_the_whole_conversation() -> None:
    summary = run(SmallEngine())[0].summary
    assert summary.issue is not None and summary.issue.turns == (0,) and "router" in summary.issue.text
    assert summary.wants is not None and summary.wants.turns == (6,)
    told = {line.turns: line.text for line in summary.tried}
    assert "hotline twice" in told[2,] and "technician" in told[3,] and "splitter" in told[5,]
    assert (
        told[4,] == "The customer is complaining about their television picture that freezes."
        or "television" in told[4,]
    )
    assert [line.turns for line in summary.tried] == sorted(line.turns for line in summary.tried)


def test_what_does_not_fit_after_all_is_cut_into_smaller_sections() -> None:
    engine = SmallEngine(holds=900)
    made, _ = run(engine)
    whole = run(SmallEngine())[0]
    assert made.sections > whole.sections
    fitting = [r for r in engine.requests if sum(len(m.text) for m in r.conversation[1:]) <= 900]
    assert [m.text for r in fitting for m in r.conversation[1:]] == [turn.text for turn in LONG.turns]
    assert made.summary.issue == whole.summary.issue


def test_a_turn_that_is_too_long_alone_is_read_in_parts() -> None:
    talk = conversation(
        f"c: My router drops the connection. {FILLING * 20} I want to cancel the contract this month.", "a: Oh."
    )
    engine = SmallEngine()
    made, _ = run(engine, talk)
    assert "".join(turns_read(engine)).replace(" ", "") == "".join(t.text for t in talk.turns).replace(" ", "")
    assert made.summary.wants is not None and made.summary.wants.turns == (0,)


def test_it_ends_where_nothing_fits_at_all() -> None:
    made, _ = run(
        SmallEngine(holds=1), conversation("c: My router drops the connection every evening. " + "word " * 200)
    )
    assert made.sections > 1 and made.summary.issue is not None


def test_progress_and_the_summary_so_far_are_told() -> None:
    _, events = run(SmallEngine())
    drafts = [event.summary for event in events if isinstance(event, SummaryDraft)]
    assert len(drafts) > 1 and drafts[0].issue == drafts[-1].issue
    shares = [e.done for e in events if isinstance(e, Progress) and e.stage is Stage.READING]
    assert shares == sorted(shares, key=lambda share: share or 0.0) and shares[-1] == 1.0


def test_it_can_be_stopped_between_sections() -> None:
    token = CancelToken()
    engine = SmallEngine()

    def stop(event: AssistEvent) -> None:
        if isinstance(event, SummaryDraft):
            token.cancel()

    with pytest.raises(Cancelled):
        summarise_in_sections(LONG, Mood(()), engine, LIMIT, stop, token)
    assert len(engine.requests) == 2


@pytest.mark.llm
def test_a_real_model_with_a_small_context_reads_it_all(shelf: Path) -> None:
    entry = catalog.load().get("smollm2-135m")
    if not (shelf / entry.file).is_file():
        pytest.skip(f"{entry.name} is not on the shelf")
    engine = WorkerEngine(entry.name, shelf / entry.file, entry.template.value, 1024, 1)
    left_out: list[int] = []

    class Watched:
        name = engine.name
        voice = engine.voice
        sandbox = engine.sandbox
        load = engine.load

        def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
            result = engine.run(request, on_event, token)
            left_out.extend(result.left_out)
            return result

        close = engine.close

    try:
        made = summarise_in_sections(LONG, Mood(()), Watched(), 600, lambda _event: None, CancelToken())
    finally:
        engine.close()
    assert not left_out and made.sections > 1
    assert made.summary.issue is not None and made.summary.issue.turns == (0,)
    assert {turn for line in made.summary.tried for turn in line.turns} & {5, 7}
