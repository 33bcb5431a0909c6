from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import agent_assist
from agent_assist.errors import BugError, Cancelled, KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import EngineStopped
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.records import Analysis, Assist, AssistEvent, Conversation, Mood, Progress, ReplyReady, Speaker, Stage
from agent_assist.settings import CONTEXT, MODEL, Settings

SHELF = os.environ.get("AGENT_ASSIST_MODELS")
SMALL = "smollm2-135m"
needs_model = pytest.mark.skipif(not SHELF, reason="AGENT_ASSIST_MODELS names no folder of language models")


@pytest.fixture
def desk(places: Places) -> Iterator[Desk]:
    made = Desk(places, Settings(places.settings))
    yield made
    made.close()


@pytest.fixture
def small(places: Places) -> Iterator[Desk]:
    """A desk with the smallest real language model."""
    there = Places(places.home, Path(SHELF or ""))
    settings = Settings(there.settings)
    settings.set(MODEL, SMALL)
    made = Desk(there, settings)
    yield made
    worker = made.worker_id
    made.close()
    assert worker is None or not psutil.pid_exists(worker), "the worker outlives its desk"


def nothing(_event: AssistEvent) -> None:
    """For tests that look at the result alone."""


def the_sample(desk: Desk) -> tuple[Conversation, Mood]:
    conversation = desk.capture(desk.sample())[0]
    return conversation, desk.read(conversation)


def test_a_desk_is_cheap_to_make() -> None:
    code = (
        "import sys, pathlib, agent_assist.pipeline as p, agent_assist.settings as s, agent_assist.paths as q\n"
        "places = q.Places(pathlib.Path(sys.argv[1]))\n"
        "p.Desk(places, s.Settings(places.settings)).close()\n"
        "print([m for m in ('numpy', 'onnxruntime', 'llama_cpp', 'peewee', 'keyring', 'PySide6') if m in sys.modules])"
    )
    root = Path(agent_assist.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code, "/nowhere"], capture_output=True, text=True, check=True, timeout=60, cwd=root
    )
    assert done.stdout.strip() == "[]"


def test_the_sample_is_captured_read_and_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "correct horse battery")
    conversation, mood = the_sample(desk)
    assert [r.turn for r in mood.readings] == [t.i for t in conversation.customer_turns]
    assert mood.spikes
    desk.open_history()
    desk.open_history()  # open already
    analysis = Analysis(conversation, mood)
    desk.history.save(analysis)
    assert desk.history.load(conversation.id) == analysis


def test_many_are_read_as_each_alone(desk: Desk) -> None:
    conversation, mood = the_sample(desk)
    swapped = desk.swap_roles(conversation)
    one, other = desk.read_many([conversation, swapped])
    assert one.readings == mood.readings
    assert {conversation.turns[r.turn].speaker for r in other.readings} == {Speaker.AGENT}
    assert desk.read_many([]) == []


def test_what_the_batch_reads_does_not_depend_on_threads(desk: Desk, places: Places) -> None:
    conversation, mood = the_sample(desk)
    several = Desk(places, Settings(places.settings), reading_threads=3)
    for found in several.read_many([conversation] * 5):
        assert found.readings == mood.readings


def test_the_history_has_to_be_opened_first(desk: Desk) -> None:
    with pytest.raises(BugError):
        _ = desk.history
    with pytest.raises(Locked):
        desk.open_history()
    with pytest.raises(BugError):
        _ = desk.history
    desk.open_history("correct horse battery")
    assert desk.history.list() == []
    desk.close()
    desk.close()
    with pytest.raises(BugError):
        _ = desk.history


def test_without_a_model_it_says_what_to_do(desk: Desk) -> None:
    conversation, mood = the_sample(desk)
    for ask in (
        lambda: desk.warm(nothing, CancelToken()),
        lambda: desk.assist(conversation, mood, nothing, CancelToken()),
    ):
        with pytest.raises(KnownError, match="models install"):
            ask()
    assert desk.worker_id is None


# --- with a real language model


@pytest.mark.llm
@needs_model
def test_one_worker_serves_and_another_one_follows_a_changed_option(small: Desk) -> None:
    stages: list[Stage] = []

    def watch(event: AssistEvent) -> None:
        if isinstance(event, Progress):
            stages.append(event.stage)

    conversation, mood = the_sample(small)
    assert small.warm(watch, CancelToken()) == SMALL
    assert set(stages) <= {Stage.LOADING}
    first = small.worker_id
    events: list[AssistEvent] = []
    made = small.assist(conversation, mood, events.append, CancelToken())
    assert isinstance(made, Assist)
    assert made.model == SMALL
    ready = sorted((e.slot, e.reply.text) for e in events if isinstance(e, ReplyReady) and e.reply)
    assert [text for _, text in ready] == [reply.text for reply in made.replies]
    assert small.warm(nothing, CancelToken()) == SMALL
    assert small.worker_id == first
    small.settings.set(CONTEXT, 2048)
    small.warm(nothing, CancelToken())
    assert small.worker_id not in (first, None)
    assert first is not None
    assert not psutil.pid_exists(first)


@pytest.mark.llm
@needs_model
def test_a_killed_worker_fails_one_request_and_the_next_is_served(small: Desk) -> None:
    conversation, mood = the_sample(small)
    small.warm(nothing, CancelToken())
    first = small.worker_id

    def kill(event: AssistEvent) -> None:
        if small.worker_id is not None and isinstance(event, Progress) and event.stage is Stage.WRITING:
            psutil.Process(small.worker_id).kill()

    with pytest.raises(EngineStopped, match="Ask again"):
        small.assist(conversation, mood, kill, CancelToken())
    assert small.worker_id is None
    assert small.assist(conversation, mood, nothing, CancelToken()).model == SMALL
    assert small.worker_id not in (first, None)


@pytest.mark.llm
@needs_model
def test_a_stopped_request_leaves_the_worker_ready(small: Desk) -> None:
    conversation, mood = the_sample(small)
    small.warm(nothing, CancelToken())
    worker, token, told = small.worker_id, CancelToken(), threading.Event()

    def stop(event: AssistEvent) -> None:
        if isinstance(event, Progress) and event.stage is Stage.WRITING:
            token.cancel()
            told.set()

    with pytest.raises(Cancelled):
        small.assist(conversation, mood, stop, token)
    assert told.is_set()
    assert small.assist(conversation, mood, nothing, CancelToken()).model == SMALL
    assert small.worker_id == worker


@needs_model
@pytest.mark.llm
def test_after_a_change_on_the_shelf_the_model_is_chosen_again(small: Desk) -> None:
    small.warm(nothing, CancelToken())
    first = small.worker_id
    small.forget_model()
    assert small.worker_id is None
    small.warm(nothing, CancelToken())
    assert small.worker_id not in (None, first)


@needs_model
@pytest.mark.llm
def test_the_worker_never_sees_the_passphrase(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "not for the worker")
    small.warm(nothing, CancelToken())
    worker = psutil.Process(small.worker_id)
    assert "AGENT_ASSIST_PASSPHRASE" not in worker.environ()
    assert os.environ["AGENT_ASSIST_PASSPHRASE"] == "not for the worker"


def test_causes_go_by_the_names_that_the_site_gave_them(desk: Desk, places: Places) -> None:
    own = '[cause.refusal]\ntitle = "we said no"\n\n[cause.out_of_stock]\nsay = "Say when."\nagent = ["out of stock"]\n'
    (places.home / "nudges.toml").write_text(own, encoding="utf-8")
    assert desk.cause_title("refusal") == ""  # nothing is loaded yet
    desk.read(desk.capture(desk.sample())[0])
    named = [desk.cause_title(name) for name in ("refusal", "out_of_stock", "leaving", "nothing_known", "")]
    assert named == ["we said no", "out of stock", "they are leaving", "", ""]
