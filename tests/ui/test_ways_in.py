"""Files and texts by hand: several at once, folders, what could not be used; and tables whose columns are put right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_desk import FakeDesk
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent_assist import capture
from agent_assist.capture import Tables
from agent_assist.jobs import Lanes
from agent_assist.paths import Places
from agent_assist.records import Conversation, Way
from ui.bridge import Bridge
from ui.bringing import MOST_FILES, Bringing, Brought, files_of, problem_words
from ui.columns_page import ColumnsPage
from ui.flow import Flow
from ui.tabling import UNSURE, Tabling
from ui.ways_in import NO_FILE, OWN_COPY, WaysIn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a window's size
CHAT = "Customer {0}: my parcel {0} is late\nAgent Tom: let me look at {0}\n"
ODD = "Ref;Words;Who;Extra\n1;a b c;Maria;my parcel is late again\n1;d e f;Tom;let me look at it\n2;g;Eva;where is it\n"
VAGUE = "x1\tx2\tx3\nfoo\tmy parcel is late\t7\nbar\tlet me look at it\t8\nfoo\tthank you so much\t9\n"


class ReadingDesk(FakeDesk):
    """Reads texts as the product does."""

    def capture(self, data: str | bytes, *, format: str = "auto", customer: str | None = None) -> list[Conversation]:
        return capture.read(data, format=format, customer=customer)


class Stage:
    """The ways in by hand, wired as the window wires them."""

    def __init__(self, qtbot: QtBot, desk: FakeDesk, tables: Tables) -> None:
        self.qtbot, self.desk = qtbot, desk
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.lanes = Lanes()
        self.bridge = Bridge(self.lanes)
        self.flow = Flow(desk, self.bridge)
        self.ways = WaysIn(self.window, self.flow)
        self.bringing = Bringing(desk, self.bridge, self.flow)
        self.page = ColumnsPage()
        qtbot.addWidget(self.page)
        self.tabling = Tabling(self.bridge, self.flow, tables, self.page)
        self.ways.many_taken.connect(self.bringing.take_files)
        self.ways.one_taken.connect(self.tabling.note)
        self.captured, self.failed = QSignalSpy(self.flow.captured), QSignalSpy(self.flow.failed)
        self.refused, self.said = QSignalSpy(self.bringing.refused), QSignalSpy(self.bringing.said)

    def wait(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=10_000)

    def drop(self, *paths: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self.ways.take_mime(mime)

    def shown(self) -> str:
        conversation = self.flow.conversation
        assert conversation is not None
        return conversation.turns[0].text


@pytest.fixture
def stage(qtbot: QtBot, places: Places) -> Iterator[Stage]:
    made = Stage(qtbot, ReadingDesk(places), Tables(places.home / "columns.json"))
    yield made
    made.bridge.close()
    made.lanes.close()


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def choose(page: ColumnsPage, part: str, title: str) -> None:
    box = page.boxes[part]
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())


# --- files and texts


def test_several_files_come_in_in_order(stage: Stage, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{name}.txt", CHAT.format(name)) for name in ("b", "a", "c")]
    busy = QSignalSpy(stage.flow.busy)
    stage.drop(*paths)
    stage.wait(lambda: stage.captured.count() == 1)
    assert stage.shown() == "my parcel b is late"
    taken = [tracked.conversation.turns[0].text for tracked in stage.desk.arrivals.tracked.values()]
    assert taken == ["my parcel a is late", "my parcel c is late", "my parcel b is late"]
    assert {tracked.way for tracked in stage.desk.arrivals.tracked.values()} == {Way.FILE}
    assert stage.said.at(0) == ["3 conversations from 3 files"] and stage.refused.count() == 0
    assert any("of 3" in str(busy.at(n)[0]) for n in range(busy.count()))


def test_what_is_dropped_while_files_are_read_waits_for_its_turn(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, capture_now = threading.Event(), stage.desk.capture

    def slow(data: str | bytes) -> list[Conversation]:
        gate.wait(10)
        return capture_now(data)

    monkeypatch.setattr(stage.desk, "capture", slow)
    paths = [write(tmp_path, f"{name}.txt", CHAT.format(name)) for name in "abcde"]
    stage.drop(*paths[:3])
    stage.drop(*paths[3:])
    gate.set()
    stage.wait(lambda: stage.captured.count() == 2)
    assert [stage.said.at(n)[0] for n in range(2)] == ["3 conversations from 3 files", "2 conversations from 2 files"]
    taken = {tracked.conversation.turns[0].text for tracked in stage.desk.arrivals.tracked.values()}
    assert taken == {f"my parcel {name} is late" for name in "abcde"}


def test_a_folder_brings_its_files_by_name_and_nothing_below_or_beside_it(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "chats"
    for name in ("B.txt", "a.txt", ".hidden.txt", "c.txt.part"):
        write(folder, name, CHAT.format(name))
    write(folder / "deep", "d.txt", CHAT.format("d"))
    (folder / "link.txt").symlink_to(write(tmp_path, "outside.txt", CHAT.format("outside")))
    assert [path.name for path in files_of([folder])] == ["a.txt", "B.txt"]
    stage.drop(folder)
    stage.wait(lambda: stage.captured.count() == 1)
    assert stage.shown() == "my parcel a.txt is late"


def test_what_could_not_be_used_is_said_in_a_sentence(stage: Stage, tmp_path: Path) -> None:
    good = write(tmp_path, "good.txt", CHAT.format("x"))
    bad = tmp_path / "cat.txt"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    stage.drop(bad, good, tmp_path / "gone.txt")
    stage.wait(lambda: stage.refused.count() == 1 and stage.captured.count() == 1)
    assert stage.refused.at(0) == ["2 files could not be used: “cat.txt”, “gone.txt”."]
    stage.drop(bad, good)
    stage.wait(lambda: stage.refused.count() == 2)
    assert str(stage.refused.at(1)[0]).startswith("“cat.txt” could not be used: This looks like a PNG image")


def test_words_for_many_problems() -> None:
    assert problem_words(Brought(files=2)) == ""
    assert problem_words(Brought()) == "There is no file in that folder. Drop text files, or a folder that holds them."
    many = Brought(files=1, bad=[(f"{n}.png", "no") for n in range(9)], left=7)
    assert problem_words(many) == (
        "9 files could not be used: “0.png”, “1.png”, “2.png” and 6 more. "
        f"Only the first {MOST_FILES} files were read; drop the other 7 after them."
    )


def test_an_empty_folder_and_a_drop_of_nothing_are_said(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    stage.drop(tmp_path / "empty")
    stage.wait(lambda: stage.refused.count() == 1)
    refused = QSignalSpy(stage.ways.refused)
    stage.ways.take_mime(QMimeData())
    assert refused.at(0) == [NO_FILE]


def test_one_file_is_opened_as_before(stage: Stage, tmp_path: Path) -> None:
    stage.drop(write(tmp_path, "one.txt", CHAT.format("one")))
    stage.wait(lambda: stage.captured.count() == 1)
    assert stage.shown() == "my parcel one is late" and stage.said.count() == 0


def test_files_on_the_clipboard_are_pasted(stage: Stage, tmp_path: Path) -> None:
    mime = QMimeData()
    paths = [write(tmp_path, f"{n}.txt", CHAT.format(n)) for n in range(2)]
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QGuiApplication.clipboard().setMimeData(mime)
    stage.ways.paste()
    stage.wait(lambda: stage.captured.count() == 1)
    assert stage.said.at(0) == ["2 conversations from 2 files"]
    QGuiApplication.clipboard().clear()


def test_a_text_by_another_way_keeps_its_way(stage: Stage) -> None:
    stage.bringing.take_text(CHAT.format("x"), Way.SELECTION)
    stage.wait(lambda: stage.captured.count() == 1)
    assert [tracked.way for tracked in stage.desk.arrivals.tracked.values()] == [Way.SELECTION]


def test_own_copies_are_known_and_refused(stage: Stage) -> None:
    refused = QSignalSpy(stage.ways.refused)
    stage.ways.note_copy("Dear  Maria,\nsorry.", "Reply 1 copied")
    assert stage.ways.is_own("Dear Maria, sorry. ") and not stage.ways.is_own("Dear Maria")
    stage.ways.take_text("Dear Maria, sorry.")
    assert refused.at(0) == [OWN_COPY]


# --- columns


def test_a_table_can_be_put_right_and_is_read_anew(stage: Stage, places: Places) -> None:
    available, asked = QSignalSpy(stage.tabling.available), QSignalSpy(stage.tabling.page_asked)
    stage.ways.take_text("ref,message,name,extra\n" + ODD.split("\n", 1)[1].replace(";", ","))
    stage.wait(lambda: stage.captured.count() == 1)
    assert stage.shown() == "a b c" and available.at(available.count() - 1) == [True]
    stage.tabling.open()
    stage.wait(lambda: asked.count() == 1)
    page = stage.page
    assert page.boxes["text"].currentText() == "message" and page.boxes["internal"].currentText() == "None"
    first = page.rows.topLevelItem(0)
    assert first is not None and first.text(3) == "my parcel is late again"
    choose(page, "text", "extra")
    choose(page, "conversation", "None")
    assert not page.accept.isEnabled()
    stage.wait(page.accept.isEnabled)
    assert "my parcel is late again" in page.reading.text()
    left, let_go = QSignalSpy(stage.tabling.page_left), QSignalSpy(stage.flow.let_go)
    assert stage.flow.conversation is not None
    wrong = stage.flow.conversation.id
    page.accept.click()
    stage.wait(lambda: stage.captured.count() == 2)
    assert stage.shown() == "my parcel is late again" and left.count() == 1
    assert let_go.count() == 1 and let_go.at(0) == [wrong]  # what was read wrong is not kept beside it
    assert available.at(available.count() - 1) == [True]  # it can be put right once more
    stage.wait((places.home / "columns.json").exists)


def test_a_choice_that_does_not_read_is_said_on_the_page(stage: Stage) -> None:
    stage.ways.take_text("Ref;Message;Name;Empty\n1;late again;Maria;\n1;let me look;Tom;\n")
    stage.wait(lambda: stage.captured.count() == 1)
    stage.tabling.open()
    stage.wait(stage.page.accept.isEnabled)
    choose(stage.page, "text", "Empty")
    stage.wait(lambda: "No row" in stage.page.reading.text())
    assert not stage.page.accept.isEnabled()


def test_what_may_be_a_table_is_hinted_at(stage: Stage) -> None:
    hinted = QSignalSpy(stage.tabling.hinted)
    stage.ways.take_text("Hello there, I have a question, and it is long\nThank you, Maria\n")
    stage.wait(lambda: stage.captured.count() == 1)
    stage.ways.take_text(VAGUE)
    stage.wait(lambda: hinted.count() == 1)
    assert hinted.at(0) == [UNSURE] and stage.captured.count() == 2


def test_columns_go_with_the_conversation(stage: Stage, tmp_path: Path) -> None:
    available = QSignalSpy(stage.tabling.available)
    stage.drop(write(tmp_path, "odd.csv", ODD.replace("Words", "Message").replace("Who", "Name")))
    stage.wait(lambda: stage.captured.count() == 1)
    assert available.at(available.count() - 1) == [True]
    stage.ways.take_text(CHAT.format("x"))
    stage.wait(lambda: stage.captured.count() == 2)
    assert available.at(available.count() - 1) == [False]
    asked = QSignalSpy(stage.tabling.page_asked)
    stage.tabling.open()
    assert asked.count() == 0
