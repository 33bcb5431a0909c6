from __future__ import annotations

import pytest
from fake_desk import FakeDesk
from opening import Open
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.llm.voices import VoiceState
from agent_assist.paths import Places
from agent_assist.settings import MODEL, VOICE
from ui.app import App
from ui.widgets.basics import Text

NAME = "qwen2.5-coder-1.5b"


@pytest.fixture
def bare(places: Places) -> FakeDesk:
    """No language model is installed."""
    return FakeDesk(places, models=())


@pytest.fixture
def first_run(qtbot: QtBot, open_app: Open, bare: FakeDesk) -> App:
    app = open_app(bare)
    qtbot.waitUntil(lambda: app.window.stack.currentWidget() is app.window.models and NAME in app.window.models.rows)
    return app


def words(app: App) -> str:
    return " ".join(label.text() for label in app.window.models.findChildren(Text))


def test_the_first_run_offers_models_with_their_honest_size(first_run: App, bare: FakeDesk) -> None:
    assert "Feelings work already" in words(first_run)
    assert "1.1 GB to download" in words(first_run)
    assert first_run.window.footer.model.accessibleName() == "No language model"
    assert bare.shelf.asked_network == 0, "nothing asks the network unasked"


@pytest.mark.parametrize(
    ("state", "on", "said"),
    [
        (VoiceState.READY, True, "Writes in our own voice."),
        (VoiceState.READY, False, "Our own voice is switched off in the settings."),
        (VoiceState.DAMAGED, True, "is damaged and left out"),
        (VoiceState.NONE, True, ""),
    ],
)
def test_a_model_says_whether_it_writes_in_our_voice(
    qtbot: QtBot, open_app: Open, places: Places, state: VoiceState, on: bool, said: str
) -> None:
    desk = FakeDesk(places)
    desk.shelf.voices[NAME] = state
    desk.settings.set(VOICE, on)
    app = open_app(desk)
    qtbot.waitUntil(lambda: NAME in app.window.models.rows)
    texts = " ".join(label.text() for label in app.window.models.rows[NAME].findChildren(Text))
    assert said in texts
    assert bool(said) == ("voice" in texts)


def test_feelings_work_without_a_model(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    window = first_run.window
    window.models.skip.click()
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.conversation.spike.isVisible())
    assert not window.conversation.turns.open, "replies from the phrase bank have the room"
    assert window.conversation.replies.install.isVisible()
    assert bare.asked == []
    window.conversation.replies.install.click()
    assert window.stack.currentWidget() is window.models


def test_install_shows_progress_and_then_the_model_works(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    window = first_run.window
    bare.shelf.gate.clear()
    window.models.rows[NAME].install.click()
    qtbot.waitUntil(lambda: "693 MB of 1.1 GB" in words(first_run))
    assert window.models.progress.isVisible() and not window.models.rows[NAME].isEnabled()
    window.models.show_current("")
    assert not window.models.rows[NAME].isEnabled(), "a look at the shelf let something else begin"
    bare.shelf.gate.set()
    qtbot.waitUntil(lambda: window.flow.model_ready)
    assert not window.models.progress.isVisible()
    qtbot.waitUntil(lambda: window.footer.model.accessibleName() == "Qwen2.5 Coder 1.5B")
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.flow.assist is not None)


def test_install_can_be_cancelled(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    bare.shelf.gate.clear()
    page = first_run.window.models
    page.install(NAME)
    qtbot.waitUntil(lambda: "693 MB" in words(first_run))
    page.stop.click()
    assert not page.busy and not page.progress.isVisible() and page.rows[NAME].isEnabled()
    assert bare.shelf.names == []


def test_a_failed_install_says_why(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    bare.shelf.failure = KnownError("The disk is full. Make 1.2 GB of room and try again.")
    first_run.window.models.install(NAME)
    qtbot.waitUntil(lambda: "disk is full" in first_run.window.notice.words.text())
    assert not first_run.window.models.busy


def test_the_best_model_is_looked_for_on_request_only(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    page = first_run.window.models
    page.finder.click()
    qtbot.waitUntil(lambda: "recommended" in words(first_run))
    assert bare.shelf.asked_network == 1
    assert page.rows[NAME].install.property("kind") == "primary"


def test_a_file_is_imported(qtbot: QtBot, first_run: App, bare: FakeDesk, places: Places) -> None:
    first_run.window.models.import_file(places.home / "model.gguf")
    qtbot.waitUntil(lambda: first_run.window.flow.model_ready)
    assert bare.shelf.names == ["qwen2.5-coder-0.5b"]


def test_verify_use_and_remove(qtbot: QtBot, open_app: Open, places: Places) -> None:
    desk = FakeDesk(places, [NAME, "qwen2.5-coder-0.5b"])
    app = open_app(desk)
    page = app.window.models
    qtbot.waitUntil(lambda: "qwen2.5-coder-0.5b" in page.rows)
    page.rows["qwen2.5-coder-0.5b"].check.click()
    qtbot.waitUntil(lambda: "is the model it should be" in app.window.toast.words.text())
    page.rows["qwen2.5-coder-0.5b"].use.click()
    assert desk.settings[MODEL] == "qwen2.5-coder-0.5b"
    qtbot.waitUntil(lambda: not page.busy)
    page.remove(NAME)
    qtbot.waitUntil(lambda: desk.shelf.names == ["qwen2.5-coder-0.5b"])


def test_a_model_that_cannot_be_loaded_is_explained_and_tried_again(
    qtbot: QtBot, open_app: Open, desk: FakeDesk
) -> None:
    why = "It needs 1,800 MB of free memory. Close other programs."
    desk.failures["warm"] = KnownError(why)
    app = open_app(desk)
    app.window.flow.try_sample()
    qtbot.waitUntil(lambda: app.window.flow.mood is not None)
    assert app.window.footer.model.accessibleName() == "No language model"
    replies = app.window.conversation.replies
    assert replies.problem.text() == why
    assert replies.retry.isVisible() and not replies.install.isVisible()
    replies.retry.click()
    qtbot.waitUntil(lambda: replies.retry.isVisible() and replies.problem.text() == why)
    desk.failures.clear()
    replies.retry.click()
    qtbot.waitUntil(lambda: app.window.flow.assist is not None)
    assert not replies.problem.isVisible() and not replies.retry.isVisible()


def test_a_removed_last_model_is_offered_again_and_not_called_broken(
    qtbot: QtBot, open_app: Open, desk: FakeDesk
) -> None:
    app = open_app(desk)
    page, replies = app.window.models, app.window.conversation.replies
    qtbot.waitUntil(lambda: NAME in page.rows)
    app.window.conversation.setCurrentIndex(1)
    page.remove(NAME)
    qtbot.waitUntil(lambda: not app.window.flow.model_ready and not page.busy)
    qtbot.waitUntil(lambda: not replies.install.isHidden())
    assert replies.retry.isHidden()


def test_a_changed_shelf_has_the_model_chosen_again(qtbot: QtBot, open_app: Open, places: Places) -> None:
    desk = FakeDesk(places, [NAME, "qwen2.5-coder-0.5b"])
    app = open_app(desk)
    page, footer = app.window.models, app.window.footer
    qtbot.waitUntil(lambda: NAME in page.rows)
    page.verify(NAME)
    qtbot.waitUntil(lambda: not page.busy)
    assert desk.forgotten == 0, "nothing has changed"
    page.remove(NAME)
    qtbot.waitUntil(lambda: footer.model.accessibleName() == "Qwen2.5 Coder 0.5B")
    assert desk.forgotten == 1 and desk.threads["forget_model"] == "lane-llm_0"


def test_the_foot_is_honest_while_a_model_is_downloaded(qtbot: QtBot, first_run: App, bare: FakeDesk) -> None:
    footer, page = first_run.window.footer, first_run.window.models
    assert (footer.offline.text(), footer.dot.role) == ("Offline", "ok")
    bare.shelf.gate.clear()
    page.install(NAME)
    assert (footer.offline.text(), footer.dot.role) == ("Downloading", "uneasy")
    assert footer.busy.accessibleName() == "downloading a model…"
    assert "Nothing leaves" not in footer.offline.toolTip()
    bare.shelf.gate.set()
    qtbot.waitUntil(lambda: footer.offline.text() == "Offline")
    assert footer.dot.role == "ok" and footer.busy.accessibleName() != "downloading a model…"


def test_the_foot_says_offline_again_after_a_cancelled_or_failed_download(
    qtbot: QtBot, first_run: App, bare: FakeDesk
) -> None:
    footer, page = first_run.window.footer, first_run.window.models
    bare.shelf.gate.clear()
    page.install(NAME)
    page.stop.click()
    assert footer.offline.text() == "Offline" and footer.busy.accessibleName() == ""
    bare.shelf.failure = KnownError("The disk is full.")
    page.install(NAME)
    assert footer.offline.text() == "Downloading"
    bare.shelf.gate.set()
    qtbot.waitUntil(lambda: footer.offline.text() == "Offline")


def test_a_file_that_is_imported_uses_no_network(first_run: App, bare: FakeDesk, places: Places) -> None:
    footer = first_run.window.footer
    first_run.window.models.import_file(places.home / "model.gguf")
    assert footer.offline.text() == "Offline" and footer.busy.accessibleName() == "importing a model…"
