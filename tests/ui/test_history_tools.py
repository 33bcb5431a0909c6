"""Filters, tags, holds, exports and a customer's page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from hypothesis import given
from hypothesis import strategies as st
from opening import Open
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.history.asking import parse_query
from agent_assist.records import Analysis, Label
from agent_assist.settings import EXPORT, Settings
from ui.history_filters import Filters, field_value, with_field
from ui.history_page import HistoryPage
from ui.sidebar import Sidebar
from ui.widgets.tag_editor import LONGEST, MOST, split_tags

JO = "Jo: Where is my parcel?\nSam: On its way."
TODAY = date(2026, 11, 23)


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> HistoryPage:
    for identity, text in (("maya", SAMPLE), ("jo", JO)):
        conversation = conversation_of(text, identity)
        desk.history.saved[identity] = Analysis(conversation, mood_of(conversation))
    desk.history.tags = {"maya": ("vip", "two words")}
    window.show_page(window.history)
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 2)
    return window.history


def choose(page: HistoryPage, identity: str) -> None:
    page.list.setCurrentIndex(page.model.index(page.model.row_of(identity)))


# --- filters


def test_chips_write_what_a_person_could_type(page: HistoryPage) -> None:
    page.field.setText("parcel")
    page.filters.chips["spiked"].click()
    page.filters.menu_of("label", [("Angry", "anger")]).actions()[0].trigger()
    page.filters.set("customer", "Maya Reyes")
    assert page.field.text() == 'parcel spiked:yes label:anger customer:"Maya Reyes"'
    query = parse_query(page.field.text(), TODAY)
    assert (query.words, query.spiked, query.label, query.customer) == ("parcel", True, Label.ANGER, "Maya Reyes")
    assert page.filters.chips["label"].text() == "Feeling: angry" and page.filters.chips["label"].property("on")
    page.filters.chips["spiked"].click()
    page.filters.menu_of("label", []).actions()[-1].trigger()
    page.filters.set("customer", "")
    assert page.field.text() == "parcel" and not page.filters.chips["label"].property("on")


def test_tags_and_customers_to_choose_from_are_those_of_the_list(page: HistoryPage) -> None:
    filters = page.filters
    assert [words for words, _ in filters._seen([tag for item in page.model.items for tag in item.tags])] == [
        "vip",
        "two words",
    ]
    assert filters.menu_of("tag", []).actions()[0].text() == "None in this list"


def test_the_search_is_asked_as_it_is_written(qtbot: QtBot, page: HistoryPage, desk: FakeDesk) -> None:
    page.filters.chips["held"].click()
    qtbot.waitUntil(lambda: desk.custody.asked[-1] == "held:yes")


def test_a_filter_that_is_half_written_is_explained_in_its_place(
    qtbot: QtBot, page: HistoryPage, desk: FakeDesk, window: Sidebar
) -> None:
    desk.custody.failures["find"] = KnownError("After label: write anger or neutral.")
    page.field.setText("label:ang")
    qtbot.waitUntil(lambda: page.empty.text() == "After label: write anger or neutral.")
    assert not window.notice.isVisible() and page.field.isVisible()
    desk.custody.failures.clear()
    page.field.setText("")
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)


NAMES = st.sampled_from(["label", "customer", "tag", "after"])
VALUES = st.text(st.characters(exclude_characters='"', exclude_categories=["C", "Zl", "Zp"]), min_size=1).filter(
    str.strip
)


@given(st.lists(st.tuples(NAMES, VALUES)), NAMES)
def test_what_a_chip_sets_is_read_back_and_taken_back(fields: list[tuple[str, str]], name: str) -> None:
    text = "some words"
    for field, value in fields:
        text = with_field(text, field, value)
        assert field_value(text, field) == value.strip()
    assert field_value(with_field(text, name, ""), name) == ""
    for field in {field for field, _ in fields}:
        text = with_field(text, field, "")
    assert text == "some words"


@given(VALUES)
def test_the_product_reads_a_chip_s_value_the_same(value: str) -> None:
    assert parse_query(with_field("", "customer", value), TODAY).customer == value.strip()


def test_no_date_asks_for_neither_end(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    filters = Filters(field)
    qtbot.addWidget(filters.box)
    field.setText("after:2026-01-01 before:2026-02-01 desk")
    filters.set("after", "")
    assert field.text() == "desk"
    filters.set("after", (date.today() - timedelta(days=7)).isoformat())
    assert parse_query(field.text(), TODAY).since is not None


# --- tags and holds


def test_tags_are_changed_in_place(qtbot: QtBot, page: HistoryPage, desk: FakeDesk) -> None:
    choose(page, "maya")
    page.tag_button.click()
    assert page.tags.field.text() == "vip, two words"
    page.tags.field.setText("refund,  vip , Refund")
    QTest.keyClick(page.tags.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.history.tags["maya"] == ("refund", "vip"))
    assert not page.tags.isVisible()


def test_esc_leaves_the_tags_and_not_the_page(page: HistoryPage, desk: FakeDesk, window: Sidebar) -> None:
    choose(page, "maya")
    page.tag_button.click()
    QTest.keyClick(page.tags.field, Qt.Key.Key_Escape)
    assert not page.tags.isVisible() and window.stack.currentWidget() is page
    assert desk.history.tags["maya"] == ("vip", "two words")


@given(st.text())
def test_tags_are_few_short_and_each_once(text: str) -> None:
    tags = split_tags(text)
    assert len(tags) <= MOST and all(0 < len(tag) <= LONGEST for tag in tags)
    assert len({tag.casefold() for tag in tags}) == len(tags)
    assert split_tags(", ".join(tags)) == tags


def test_what_is_held_is_marked_and_not_deleted(qtbot: QtBot, page: HistoryPage, desk: FakeDesk) -> None:
    choose(page, "maya")
    page.hold_button.click()
    qtbot.waitUntil(lambda: desk.history.held == {"maya"})
    qtbot.waitUntil(lambda: page.hold_button.text() == "Release")
    assert page.list.chosen is not None and page.list.chosen.id == "maya", "it is still the one that is chosen"
    assert not page.delete_button.isEnabled()
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    assert page.model.rowCount() == 2
    words = page.model.data(page.list.currentIndex(), int(Qt.ItemDataRole.AccessibleTextRole))
    assert "On hold · vip" in str(words)
    page.hold_button.click()
    qtbot.waitUntil(lambda: desk.history.held == set())


# --- exports


@pytest.fixture
def dialog(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Answers the system's dialog, which no test can."""

    def answer(path: str) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (path, ""))

    return answer


def test_an_export_is_a_file_of_the_contract(
    qtbot: QtBot, page: HistoryPage, window: Sidebar, tmp_path: Path, dialog: Callable[[str], None]
) -> None:
    dialog(str(tmp_path / "maya.json"))
    choose(page, "maya")
    page.export_button.click()
    qtbot.waitUntil(lambda: window.toast.words.text() == "Exported")
    made = json.loads((tmp_path / "maya.json").read_text(encoding="utf-8"))
    assert made["conversation"]["id"] == "maya" and len(made["turns"]) == 8


def test_a_file_that_cannot_be_written_is_told(
    qtbot: QtBot, page: HistoryPage, window: Sidebar, tmp_path: Path, dialog: Callable[[str], None]
) -> None:
    dialog(str(tmp_path / "missing" / "maya.json"))
    choose(page, "maya")
    page.export_button.click()
    qtbot.waitUntil(lambda: "cannot be written" in window.notice.words.text())


def test_where_the_policy_forbids_it_no_dialog_opens(
    page: HistoryPage, desk: FakeDesk, window: Sidebar, dialog: Callable[[str], None], tmp_path: Path
) -> None:
    dialog(str(tmp_path / "no.json"))
    desk.settings = Settings(desk.places.settings, {EXPORT.name: False}, {EXPORT.name: "No case leaves the desk."})
    choose(page, "maya")
    page.export_button.click()
    assert window.notice.words.text() == "Conversations may not be exported here. No case leaves the desk."
    assert list(tmp_path.glob("no.json")) == []


# --- a customer


def test_a_customer_s_page(qtbot: QtBot, page: HistoryPage, desk: FakeDesk, window: Sidebar) -> None:
    desk.history.held = {"maya"}
    choose(page, "maya")
    page.customer_button.click()
    customer = window.vault.customer
    qtbot.waitUntil(lambda: customer.model.rowCount() == 1)
    assert window.stack.currentWidget() is customer and customer.name.text() == "Maya Reyes"
    assert customer.peak.text() == "At worst angry, very high distress, 92%"
    assert customer.held.text() == "1 conversation under a legal hold"
    customer.erase.click()
    assert window.stack.currentWidget() is window.safety
    qtbot.waitUntil(lambda: "under a legal hold" in window.safety.customers.list.text())


def test_a_customer_s_conversation_opens(qtbot: QtBot, page: HistoryPage, window: Sidebar) -> None:
    choose(page, "jo")
    page.customer_button.click()
    customer = window.vault.customer
    qtbot.waitUntil(lambda: customer.model.rowCount() == 1)
    QTest.keyClick(customer.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.header.name.text() == "Jo")


def test_a_name_from_outside_is_plain_text(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.vault.customer.show_customer("<b>Jo</b>" + "x" * 500)
    shown = window.vault.customer.name
    assert shown.textFormat() is Qt.TextFormat.PlainText and shown.text().startswith("<b>Jo</b>")
    assert len(shown.text()) < 120


# --- settings


def test_a_locked_option_is_shown_with_its_reason_and_cannot_be_changed(
    qtbot: QtBot, desk: FakeDesk, open_app: Open
) -> None:
    desk.settings = Settings(desk.places.settings, {EXPORT.name: False}, {EXPORT.name: "No case leaves the desk."})
    settings = open_app(desk).window.settings
    field = settings.fields[EXPORT.name]
    assert not field.isEnabled() and "No case leaves the desk." in field.accessibleDescription()
    assert settings.fields["privacy.keep_days"].isEnabled()
