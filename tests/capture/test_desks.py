"""JSON of desks: who spoke, what was said and when, what is no part of the conversation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_writers import DESKS, Said, desk_format, value, write

from agent_assist.capture.decode import decode
from agent_assist.capture.formats import json_lines
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

_FIXTURES = Path(__file__).parent / "fixtures"
_LETTERS = {Speaker.CUSTOMER: "C", Speaker.AGENT: "A", Speaker.BOT: "B", Speaker.SYSTEM: "S"}
_C, _A = Speaker.CUSTOMER, Speaker.AGENT


def _parse(desk: str, data: str | bytes, customer: str | None = None) -> list[Conversation]:
    return desk_format(desk).parse(decode(data, verbatim=True), customer, None)


def _fixture(desk: str, name: str) -> list[Conversation]:
    return _parse(desk, (_FIXTURES / desk / name).read_bytes())


@dataclass(frozen=True)
class _Expected:
    """What a fixture's conversations must be: ids, speakers, customer's names, where the notes stand, what is noted."""

    ids: str
    speakers: str
    customers: tuple[str | None, ...]
    asides: tuple[int, ...] = ()
    left_out: str = ""


_EXPECTED = {
    ("zendesk_comments", "api_with_users.json"): _Expected(
        "#", "CAC", ("Orla Byrne",), (0,), "1 message with a file and no text was left out."
    ),
    ("zendesk_comments", "tickets.jsonl"): _Expected(
        "5012 5013", "CBA CA", ("Jon Avery", "Mei Tan"), (), "1 system message was left out."
    ),
    ("zendesk_comments", "awkward_no_users.json"): _Expected(
        "#", "CCCA", (None,), (0,), "1 system message was left out."
    ),
    ("zendesk_messaging", "webhooks.jsonl"): _Expected("67ab5f53a96f98663935c3f2", "CBA", ("Lena Vogt",)),
    ("zendesk_messaging", "event_bus.json"): _Expected("881", "CA", (None,)),
    ("zendesk_messaging", "awkward_shuffled.jsonl"): _Expected(
        "c-2 c-1", "CA CB", ("Cem", "Bea"), (), "1 message without text was left out."
    ),
    ("sunshine", "webhook.json"): _Expected("13f32c6cf7d0d38e6e0eba93", "CA", ("Rui Matos",)),
    ("sunshine", "messages.json"): _Expected(
        "#", "BCBC", ("Nadia K",), (), "1 message with a file and no text was left out."
    ),
    ("sunshine", "awkward_edges.json"): _Expected(
        "#", "CBAC", (None,), (), "1 deleted message and 1 message with a file and no text were left out."
    ),
    ("intercom", "conversation.json"): _Expected(
        "215469", "CBAC", ("Hana Sato",), (1,), "1 system message was left out."
    ),
    ("intercom", "webhook.json"): _Expected("301", "BC", ("Teal Fox",)),
    ("intercom", "awkward_redacted.jsonl"): _Expected(
        "77",
        "CA",
        ("q@example.org",),
        (1,),
        "1 deleted message, 1 message with a file and no text and 1 system message were left out.",
    ),
    ("freshdesk", "ticket.json"): _Expected("20", "CAC", ("Dana Ruiz",), (0,)),
    ("freshdesk", "conversations.json"): _Expected(
        "9", "CA", ("pat@example.org",), (1,), "1 message with a file and no text was left out."
    ),
    ("freshdesk", "awkward_old_export.json"): _Expected("7", "ACA", ("Ugo Rossi",)),
    ("chatwoot", "messages.json"): _Expected("12", "CBAC", ("Ines Prado",), (1,), "1 system message was left out."),
    ("chatwoot", "webhooks.jsonl"): _Expected("44", "CB", ("Max",)),
    ("chatwoot", "awkward_deleted.json"): _Expected(
        "5", "CAB", ("Lu",), (), "1 deleted message and 1 message with a file and no text were left out."
    ),
    ("zammad", "articles.json"): _Expected("3", "CBA", ("Bob Smith",), (1,)),
    ("zammad", "webhook.json"): _Expected("81", "C", ("Ada Moss",)),
    ("zammad", "awkward_assets.json"): _Expected(
        "9", "CA", ("Öz, Nur",), (), "1 system message and 1 message with a file and no text were left out."
    ),
    ("salesforce", "query.json"): _Expected("0dwA", "BCA", (None,), (1,), "1 system message was left out."),
    ("salesforce", "enhanced.json"): _Expected("c-55", "CBA", (None,), (), "1 system message was left out."),
    ("salesforce", "awkward_mixed.jsonl"): _Expected("q", "BCA", (None,), (), "1 system message was left out."),
    ("livechat", "get_chat.json"): _Expected(
        "PJ0MRSHTDG K600PKZON8", "CBCA", ("Thomas Anders",), (2,), "1 system message was left out."
    ),
    ("livechat", "archives.json"): _Expected("CH1 T1 CH1 T2", "CA C", ("Ewa", "Ewa")),
    ("livechat", "awkward_threads.json"): _Expected(
        "OLD1 TB", "CAAA", (None,), (1,), "1 deleted message and 1 system message were left out."
    ),
}
_ALL = sorted((path.parent.name, path.name) for desk in DESKS for path in (_FIXTURES / desk).iterdir())


@pytest.mark.parametrize(("desk", "name"), _ALL)
def test_a_fixture_is_read_as_it_should(desk: str, name: str) -> None:
    found = _fixture(desk, name)
    expected = _EXPECTED[desk, name]
    prefix = desk.replace("_", "-") + "-"
    if expected.ids != "#":
        assert " ".join(c.id.removeprefix(prefix) for c in found) == expected.ids
    assert all(c.id.startswith(prefix) and c.source == prefix[:-1] for c in found)
    assert " ".join("".join(_LETTERS[t.speaker] for t in c.turns) for c in found) == expected.speakers
    assert tuple(c.customer for c in found) == expected.customers
    assert tuple(a.after for c in found for a in c.asides) == expected.asides
    assert found[0].notes.count(expected.left_out) == (1 if expected.left_out else 0)
    for conversation in found:
        assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
        times = [t.at for t in conversation.turns if t.at]
        assert times == sorted(times)
        assert all(t.tzinfo for t in times)
        assert not any(mark in t.text for t in conversation.turns for mark in ("<p>", "<div", "&nbsp;", "\r", "\x07"))


@pytest.mark.parametrize(("desk", "name"), _ALL)
def test_a_fixture_is_taken_by_its_own_desk_alone(desk: str, name: str) -> None:
    peek = (_FIXTURES / desk / name).read_text("utf-8")
    assert [other for other in DESKS if desk_format(other).matches(peek)] == [desk]


@pytest.mark.parametrize("desk", DESKS)
def test_every_desk_has_three_fixtures_and_an_awkward_one(desk: str) -> None:
    names = [name for owner, name in _ALL if owner == desk]
    assert len(names) >= 3
    assert any(name.startswith("awkward") for name in names)


@pytest.mark.parametrize("desk", DESKS)
def test_a_beginning_is_enough_to_know_the_desk(desk: str) -> None:
    long = write(desk, [Said(_C, f"message {i} " + "word " * 20) for i in range(1500)])
    assert len(long) > 200_000
    for end in (200_000, 150_001, 100_003):
        assert [other for other in DESKS if desk_format(other).matches(long[:end])] == [desk]


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize(
    "other",
    [
        "",
        "Anna: hello\nSupport: hi",
        "[14:03] Anna: hello",
        "[1, 2, 3]",
        "{}",
        "{",
        "null",
        '{"messages": []}',
        '{"comments": [{"public": true, "body": "x"}]}',
        '{"turns": [{"speaker": "customer", "text": "author_id public body"}]}\n' * 3,
        '{"speaker": "agent", "text": "x", "name": "y"}',
        '[{"turns": [{"speaker": "customer", "text": "hi"}]}]',
        "{not json at all, author_id, public, body, sender, incoming}",
    ],
)
def test_other_texts_are_not_taken(desk: str, other: str) -> None:
    assert not desk_format(desk).matches(other)


@pytest.mark.parametrize("desk", DESKS)
def test_our_own_lines_are_never_taken_whatever_stands_in_them(desk: str) -> None:
    inner = value(desk, [Said(_C, "hello"), Said(_A, "hi")])
    own = json.dumps({"turns": [{"speaker": "customer", "text": "x"}], "record": inner})
    assert not desk_format(desk).matches(own)
    assert json_lines.FORMAT.matches(own)


@pytest.mark.parametrize("desk", DESKS)
def test_the_customer_who_is_told_is_believed(desk: str) -> None:
    text = write(desk, [Said(_C, "hello"), Said(_A, "hi")])
    (found,) = _parse(desk, text, "odd")
    assert [t.speaker for t in found.turns] == [_A, _C]
    assert found.customer == "Odd Berg"
    with pytest.raises(KnownError, match="No speaker goes by"):
        _parse(desk, text, "Xaver")


@pytest.mark.parametrize("desk", DESKS)
def test_lines_documents_and_cut_ones_are_read(desk: str) -> None:
    first = write(desk, [Said(_C, "one"), Said(_A, "two")], 1)
    second = write(desk, [Said(_C, "three")], 2)
    for text in (f"{first}\n{second}", f"\ufeff{first}\n\n{second}\n", f"[{first}, {second}]", f"{first}{second}"):
        assert [[t.text for t in c.turns] for c in _parse(desk, text)] == [["one", "two"], ["three"]], text
    many = write(desk, [Said(_C, f"part {i}") for i in range(40)])
    (cut,) = _parse(desk, many[: len(many) // 2])
    assert 5 < len(cut.turns) < 40
    assert "The JSON ends in the middle; what stands before that was read." in cut.notes


@pytest.mark.parametrize("desk", DESKS)
def test_a_broken_line_is_told_by_number_or_noted(desk: str) -> None:
    good = write(desk, [Said(_C, "one")], 1)
    text = f"{good}\n{{broken\n"
    told: list[int] = []
    (found,) = desk_format(desk).parse(decode(text, verbatim=True), None, lambda number, reason: told.append(number))
    assert told == [2]
    assert not any("JSON" in note for note in found.notes)
    assert "1 line is not valid JSON: left out." in _parse(desk, text)[0].notes


@pytest.mark.parametrize("desk", DESKS)
def test_too_many_messages_or_none_are_refused_kindly(desk: str) -> None:
    with pytest.raises(KnownError, match="more than 5,000 messages"):
        _parse(desk, write(desk, [Said(_C, "x")] * 5001))
    for nothing in ("{}", "[]", "{", "garbage", '[{"a": 1}]', write(desk, [Said(_C, " \x00 ")])):
        with pytest.raises(KnownError, match="no message of a conversation"):
            _parse(desk, nothing)


def test_what_a_mail_quotes_and_signs_is_not_said_again() -> None:
    assert _fixture("freshdesk", "ticket.json")[0].turns[2].text == "When? I leave on Friday."
    assert _fixture("zammad", "articles.json")[0].turns[2].text == "Dear Bob, a new tray comes tomorrow.\n\nEva"
    only = {
        "id": 1,
        "ticket_id": 2,
        "sender": "Customer",
        "content_type": "text/html",
        "body": "<blockquote>x</blockquote>",
    }
    assert "x" in _parse("zammad", json.dumps(only))[0].turns[0].text


def test_html_becomes_text_and_a_link_keeps_its_address() -> None:
    said = _fixture("zendesk_comments", "api_with_users.json")[0].turns[1].text
    assert said == "Hello Orla,\nI am sorry about the lid. See how we replace lids (https://help.example.com/lids)."


def test_text_that_only_looks_like_html_stays() -> None:
    assert _fixture("salesforce", "query.json")[0].turns[1].text == "price < 50 & still no delivery > 2 weeks"
    assert _fixture("sunshine", "awkward_edges.json")[0].turns[0].text == "do you sell mugs <b>cheap</b> &amp; blue"


def test_forms_are_read_with_their_labels() -> None:
    turns = _fixture("sunshine", "messages.json")[0].turns
    assert turns[3].text == "Order number: 4410\nReason: Too small"
    assert _fixture("livechat", "get_chat.json")[0].turns[0].text == "Your name: Thomas Anders\nTopic: Billing"


def test_neither_the_system_nor_a_colleague_is_guessed_to_be_the_customer() -> None:
    written = [(-1, "Merged.", True), (7, "see 12", False), (7, "Hello, we saw your post.", True), (3, "oh", True)]
    rows = [{"id": i, "author_id": who, "body": b, "public": p} for i, (who, b, p) in enumerate(written)]
    (found,) = _parse("zendesk_comments", json.dumps({"comments": rows}))
    assert [(t.speaker, t.text) for t in found.turns] == [(_A, "Hello, we saw your post."), (_C, "oh")]
    assert "Whoever wrote first was taken to be the customer; swap the roles if that is wrong." in found.notes


def test_what_an_agent_wrote_down_of_a_call_is_not_the_customers_own_text() -> None:
    call = {
        "id": 1,
        "ticket_id": 2,
        "type": "phone",
        "sender": "Customer",
        "internal": False,
        "body": "Caller is angry",
    }
    assert _parse("zammad", json.dumps([call]))[0].turns[0].speaker is _A
    assert _fixture("freshdesk", "awkward_old_export.json")[0].turns[0].speaker is _A


@pytest.mark.parametrize(
    ("sender", "came_from", "writer", "name"),
    [
        ("Customer", "Dana Whitfield <dana@mail.example>", {"firstname": "Tom", "lastname": "Okafor"}, "Tom Okafor"),
        ("Customer", "Dana Whitfield <dana@mail.example>", None, None),
        ("Agent", "Tom Okafor via Support", None, "Tom Okafor"),
    ],
    ids=["who wrote it down", "nobody is told", "a call of the agent"],
)
def test_a_call_bears_the_name_of_the_agent_who_wrote_it_down(
    sender: str, came_from: str, writer: dict[str, str] | None, name: str | None
) -> None:
    call = {"id": 1, "ticket_id": 2, "type": "phone", "sender": sender, "from": came_from, "body": "Is angry"}
    mail = {"id": 2, "ticket_id": 2, "type": "email", "sender": "Customer", "from": "Dana <dana@mail.example>"}
    first = {**call, "internal": False, "created_by": writer}
    (found,) = _parse("zammad", json.dumps([first, {**mail, "internal": False, "body": "hello?"}]))
    assert [(turn.speaker, turn.name) for turn in found.turns] == [(_A, name), (_C, "Dana")]
    assert found.customer == "Dana"


@pytest.mark.parametrize("lines", [False, True])
def test_conversations_without_a_number_are_never_mixed(lines: bool) -> None:
    def page(author: int, text: str) -> dict[str, object]:
        return {"comments": [{"id": author, "author_id": author, "body": text, "public": True}]}

    def messages(text: str) -> dict[str, object]:
        return {"messages": [{"author": {"type": "user"}, "content": {"type": "text", "text": text}}]}

    for desk, pages in {
        "zendesk_comments": [page(1, "one"), page(2, "two"), page(1, "one")],
        "sunshine": [messages("one"), messages("two")],
    }.items():
        text = "\n".join(map(json.dumps, pages)) if lines else json.dumps(pages)
        assert [[t.text for t in c.turns] for c in _parse(desk, text)] == [["one"], ["two"]]


def test_an_edit_replaces_what_was_said_before() -> None:
    (found,) = _fixture("chatwoot", "webhooks.jsonl")
    assert [t.text for t in found.turns] == ["is anybody there today", "I am the helper bot. Ask me."]


def test_an_older_version_that_comes_later_does_not() -> None:
    newer = {"id": 1, "content": "new", "message_type": 0, "private": False, "updated_at": "2026-01-05T10:02:00Z"}
    older = newer | {"content": "old", "updated_at": "2026-01-05T10:01:00Z"}
    (found,) = _parse("chatwoot", json.dumps([newer, older]))
    assert [t.text for t in found.turns] == ["new"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (1767607200, datetime(2026, 1, 5, 10, tzinfo=UTC)),
        (1767607200.5, datetime(2026, 1, 5, 10, 0, 0, 500_000, tzinfo=UTC)),
        (1767607200000, datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("1767607200", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T11:00:00+01:00", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00.123456789Z", datetime(2026, 1, 5, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-01-05 10:00:00 UTC", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00", datetime(2026, 1, 5, 10)),
        (12, None),
        (10**30, None),
        (True, None),
        ("2026-01-05", None),
        ("soon", None),
        ({}, None),
    ],
)
def test_times_in_every_form(written: object, moment: datetime | None) -> None:
    row = {"id": 1, "content": "x", "message_type": 0, "private": False, "created_at": written}
    assert _parse("chatwoot", json.dumps(row))[0].turns[0].at == moment


def test_aware_and_naive_times_stand_in_one_conversation() -> None:
    times = ("2026-01-05T10:02:00", "2026-01-05T10:01:00Z", None)
    rows = [
        {"id": i, "content": str(i), "message_type": 0, "private": False, "created_at": at}
        for i, at in enumerate(times)
    ]
    assert [t.text for t in _parse("chatwoot", json.dumps(rows))[0].turns] == ["1", "2", "0"]
