"""The relay with real sockets on both sides: what comes in, and what is refused."""

from __future__ import annotations

import json
import logging
import time

import pytest
from desk_webhooks import AGENT, BOT, chatwoot, zammad
from relay_runs import TOKEN, Running, Sidebar, refused, running

from agent_assist.capture.relay.answers import NOT_HTTP, NOT_JSON
from agent_assist.capture.relay.app import Relay
from agent_assist.capture.relay.door import HEALTHY, Door
from agent_assist.capture.relay.keys import Keys
from agent_assist.records import ContactKind, Speaker

SECRET_WORDS = "my sister's address is Elm Row 7"

# --- what comes in


def test_a_message_of_chatwoot_comes_in(relay: Running, sidebar: Sidebar) -> None:
    assert relay.post(chatwoot()).text == "Taken in."
    (shown,) = sidebar.shown
    assert (shown.channel, shown.title, shown.customer) == ("3/12", "Chatwoot Web shop #12", "Ines Prado")
    (seen,) = shown.seen
    assert seen.text == "My code never arrives, and I have a train to catch."
    assert (seen.speaker, seen.key, seen.name) == (Speaker.CUSTOMER, "901", "Ines Prado")
    assert seen.at == "2026-01-05T10:00:00.318000+00:00"
    assert {(mark.kind, mark.value) for mark in shown.contacts} == {
        (ContactKind.EMAIL, "ines.prado@example.org"),
        (ContactKind.PHONE, "+34600000111"),
        (ContactKind.ID, "cust-20771"),
        (ContactKind.ID, "chatwoot 3 4"),
    }


def test_an_article_of_zammad_comes_in_as_text(relay: Running, sidebar: Sidebar) -> None:
    assert relay.post(zammad(), "/zammad").text == "Taken in."
    (shown,) = sidebar.shown
    assert (shown.channel, shown.title, shown.customer) == ("10081", "Zammad #10081", "Emily Adams")
    (seen,) = shown.seen
    assert seen.text.startswith("Where is my parcel?\n\nIt is the third time.")
    assert "<" not in seen.text
    assert "answer of Monday" not in seen.text, "what a mail quotes was said before"
    assert (seen.speaker, seen.key, seen.name) == (Speaker.CUSTOMER, "104", "Emily Adams")
    assert {(mark.kind, mark.value) for mark in shown.contacts} == {
        (ContactKind.EMAIL, "emily@example.com"),
        (ContactKind.PHONE, "0061 2 1234 7777"),
        (ContactKind.ID, "zammad 8"),
    }


def test_everybody_is_told_apart(relay: Running, sidebar: Sidebar) -> None:
    for payload in (
        chatwoot(1),
        chatwoot(2, message_type="outgoing"),
        chatwoot(3, message_type="outgoing", sender=BOT),
        chatwoot(4, message_type="template", sender=None),
    ):
        assert relay.post(payload).status == 200
    for article in (
        zammad(),
        zammad(sender="Agent"),
        zammad(sender="System", type="email"),
        zammad(type="phone"),
    ):
        assert relay.post(article, "/zammad").status == 200
    c, a, b = Speaker.CUSTOMER, Speaker.AGENT, Speaker.BOT
    assert [one.seen[0].speaker for one in sidebar.shown] == [c, a, b, b, c, a, b, a]
    assert sidebar.shown[1].seen[0].name == AGENT["name"]
    assert sidebar.shown[5].seen[0].name == "Jacob Smith"
    assert {one.customer for one in sidebar.shown[:4]} == {"Ines Prado"}, "the customer, whoever writes"


def test_an_edit_has_the_key_of_what_it_changes(relay: Running, sidebar: Sidebar) -> None:
    relay.post(chatwoot())
    relay.post(chatwoot(content="My code never arrives.", event="message_updated"))
    first, second = sidebar.shown
    assert (first.channel, first.seen[0].key, first.seen[0].at) == (
        second.channel,
        second.seen[0].key,
        second.seen[0].at,
    )
    assert second.seen[0].text == "My code never arrives."


def test_the_order_of_a_conversation_is_kept(relay: Running, sidebar: Sidebar) -> None:
    for number in range(20):
        relay.post(chatwoot(number, f"line {number}", at=f"2026-01-05T10:00:{number:02d}Z"))
    assert [one.seen[0].text for one in sidebar.shown] == [f"line {number}" for number in range(20)]
    times = [one.seen[0].at for one in sidebar.shown]
    assert times == sorted(times, key=str) and all(str(at).endswith("+00:00") for at in times)


@pytest.mark.parametrize(
    ("payload", "target", "why"),
    [
        (chatwoot(private=True, message_type="outgoing"), "/chatwoot", "a note between colleagues"),
        (chatwoot(private="yes"), "/chatwoot", "a note between colleagues"),
        (zammad(internal=True), "/zammad", "a note between colleagues"),
        (zammad(internal=1), "/zammad", "a note between colleagues"),
        (chatwoot(message_type="activity", content="Ola resolved it"), "/chatwoot", "of the desk itself"),
        (zammad(sender="System", type="note"), "/zammad", "of the desk itself"),
        (chatwoot(content=None, attachments=[{"id": 8}]), "/chatwoot", "no text"),
        (chatwoot(content="<p> </p>"), "/chatwoot", "no text"),
        (chatwoot(content_attributes={"deleted": True}), "/chatwoot", "deleted"),
        (chatwoot(event="conversation_typing_on"), "/chatwoot", "no message"),
        ({**zammad(), "article": None}, "/zammad", "no message"),
    ],
)
def test_what_is_no_turn_stays_out(relay: Running, sidebar: Sidebar, payload: object, target: str, why: str) -> None:
    reply = relay.post(payload, target)
    assert (reply.status, sidebar.shown) == (200, [])
    assert reply.text.startswith("Left out: ") and why in reply.text


def test_markup_and_controls_of_chatwoot_become_text(relay: Running, sidebar: Sidebar) -> None:
    relay.post(chatwoot(content="<p>Hello <b>you</b></p><script>alert(1)</script>\u0000\u202e"))
    relay.post(chatwoot(content="I paid <order 5> if 1 < 2 & 3 > 2"))
    assert sidebar.shown[0].seen[0].text.startswith("Hello you")
    assert "alert" not in sidebar.shown[0].seen[0].text and "\x00" not in sidebar.shown[0].seen[0].text
    assert sidebar.shown[1].seen[0].text == "I paid <order 5> if 1 < 2 & 3 > 2", "no markup: nothing is taken away"


def test_a_very_long_message_is_cut_to_what_the_wire_takes(relay: Running, sidebar: Sidebar) -> None:
    assert relay.post(chatwoot(content="e" * 300_000, sender={"name": "x" * 5000})).status == 200
    assert len(sidebar.shown[0].seen[0].text) == 100_000


def test_the_token_may_stand_in_the_address(relay: Running, sidebar: Sidebar) -> None:
    assert relay.post(chatwoot(), f"/chatwoot?token={TOKEN}", authorization=None).status == 200
    refused(relay.post(chatwoot(), f"/chatwoot?token={TOKEN}&token={TOKEN}", authorization=None), 401)
    refused(relay.post(chatwoot(), f"/chatwoot?token={TOKEN}", authorization="Bearer wrong"), 401)
    refused(relay.post(chatwoot(), "/chatwoot?" + "a=1&" * 100 + f"token={TOKEN}", authorization=None), 401)
    assert len(sidebar.shown) == 1


def test_without_a_secret_the_token_is_enough(sidebar: Sidebar) -> None:
    with running(sidebar.path, keys=Keys(TOKEN)) as relay:
        assert relay.post(zammad(), "/zammad", x_hub_signature=None).status == 200
        refused(relay.post(zammad(), "/zammad", authorization=None), 401, "token")


def test_a_body_in_chunks_is_one_body(relay: Running, sidebar: Sidebar) -> None:
    with running(sidebar.path, keys=Keys(TOKEN)) as relay:
        body = json.dumps(zammad()).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:100], body[100:])) + b"0\r\n\r\n"
        assert relay.say(relay.head("/zammad", transfer_encoding="chunked") + chunks).status == 200
    assert len(sidebar.shown) == 1


def test_health_says_ok_and_nothing_else(relay: Running) -> None:
    reply = relay.say(relay.head("/health", "GET", authorization=None, content_type=None))
    assert (reply.status, reply.text) == (200, "ok")
    assert "server:" not in reply.head
    refused(relay.say(relay.head("/health", "GET", origin="null")), 403)
    refused(relay.say(relay.head("/health", "GET", host="evil.example")), 403)


# --- the sidebar away, back, paused


def test_the_sidebar_may_come_and_go(relay: Running, sidebar: Sidebar) -> None:
    assert relay.post(chatwoot(1)).status == 200
    sidebar.stop()
    away = relay.post(chatwoot(2))
    assert away.status == 503 and "not running" in away.text and "retry-after: 10" in away.head
    sidebar.start()
    assert relay.post(chatwoot(3)).status == 200
    assert [one.seen[0].key for one in sidebar.shown] == ["1", "3"]


def test_while_paused_nothing_comes_in(relay: Running, sidebar: Sidebar) -> None:
    assert sidebar.listener is not None
    sidebar.listener.set_paused(True)
    held = relay.post(chatwoot())
    assert (held.status, sidebar.shown) == (503, [])
    assert "pause" in held.text.casefold()
    sidebar.listener.set_paused(False)
    assert relay.post(chatwoot()).status == 200


# --- what is refused


def test_a_wrong_or_missing_token(relay: Running, sidebar: Sidebar) -> None:
    for given in (None, "Bearer " + TOKEN[:-1], f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer", "Bearer ü"):
        reply = relay.post(chatwoot(), authorization=given)
        refused(reply, 401, "token", "--show-token")
        assert "www-authenticate: bearer" in reply.head
    assert sidebar.shown == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8787", ""])
def test_a_web_page_is_refused_whatever_it_is(relay: Running, sidebar: Sidebar, origin: str) -> None:
    refused(relay.post(chatwoot(), origin=origin), 403, "web page")
    refused(relay.post(chatwoot(), sec_fetch_site="cross-site"), 403, "web page")
    assert sidebar.shown == []


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1:{port}, x", "[::1]"],
)
def test_a_name_that_was_rebound_to_this_machine_is_refused(relay: Running, sidebar: Sidebar, host: str) -> None:
    refused(relay.post(chatwoot(), host=host.format(port=relay.port)), 403, "Host header")
    assert sidebar.shown == []


def test_the_names_of_this_machine_are_let_in(relay: Running, sidebar: Sidebar) -> None:
    for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
        assert relay.post(chatwoot(), host=f"{host}:{relay.port}").status == 200
    assert len(sidebar.shown) == 4


def test_no_host_two_hosts_or_a_host_in_the_first_line(relay: Running, sidebar: Sidebar) -> None:
    refused(relay.post(chatwoot(), host=None), 400, "no Host header")
    twice = relay.head().replace(b"\r\n", f"\r\nhost: 127.0.0.1:{relay.port}\r\n".encode(), 1)
    refused(relay.say(twice), 403)
    refused(relay.post(chatwoot(), "http://evil.example/chatwoot"), 404)
    refused(relay.post(chatwoot(), "//evil.example/chatwoot"), 404)
    assert sidebar.shown == []


def test_another_place_method_or_kind_of_body(relay: Running) -> None:
    refused(relay.post(chatwoot(), "/"), 404, "/chatwoot")
    refused(relay.post(chatwoot(), "/Chatwoot"), 404)
    refused(relay.post(chatwoot(), "/%63hatwoot"), 404)
    for method in ("GET", "PUT", "OPTIONS", "HEAD"):
        reply = relay.say(relay.head(method=method))
        assert (reply.status, "allow: post" in reply.head) == (405, True)
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "text/plain; application/json"):
        refused(relay.post(chatwoot(), content_type=kind), 415, "application/json")
    assert relay.post(chatwoot(), content_type="Application/JSON; charset=utf-8").status == 200


def test_a_bad_signature_or_an_old_one(relay: Running, sidebar: Sidebar) -> None:
    refused(relay.post(chatwoot(), x_chatwoot_signature="sha256=" + "0" * 64), 401, "signature is wrong")
    refused(relay.post(chatwoot(), x_chatwoot_signature=None), 401, "not signed")
    refused(relay.post(chatwoot(), x_chatwoot_timestamp=str(int(time.time()) - 301)), 401, "5 minutes")
    refused(relay.post(zammad(), "/zammad", x_hub_signature="sha1=" + "0" * 40), 401, "signature is wrong")
    assert sidebar.shown == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1e999",
        b'{"event": "\\ud83d"}',
    ],
)
def test_what_is_no_webhook(relay: Running, sidebar: Sidebar, body: bytes) -> None:
    for target in ("/chatwoot", "/zammad"):
        reply = relay.post(body, target)
        assert reply.status in (200, 400) and (reply.status == 400 or body.endswith(b'"}'))
    assert sidebar.shown == []


@pytest.mark.parametrize(
    ("payload", "target"),
    [
        ({"ticket": {"number": "1"}}, "/chatwoot"),
        (chatwoot(), "/zammad"),
        ({"event": "message_created"}, "/chatwoot"),
        ({**chatwoot(), "conversation": None}, "/chatwoot"),
        ({"ticket": {"number": "1"}, "article": {"body": "x"}}, "/zammad"),
    ],
)
def test_a_webhook_of_something_else_is_told(relay: Running, payload: object, target: str) -> None:
    refused(relay.post(payload, target), 400, "Check the address" if target == "/chatwoot" else "as it ships")


def test_what_is_refused_is_logged_without_a_word_of_it(
    relay: Running, sidebar: Sidebar, caplog: pytest.LogCaptureFixture
) -> None:
    sidebar.stop()
    caplog.set_level(logging.DEBUG)
    relay.post(chatwoot(content=SECRET_WORDS), f"/chatwoot?token={TOKEN}")
    relay.post(chatwoot(content=SECRET_WORDS), "/chatwoot?token=wrong-token", authorization=None)
    relay.post({**chatwoot(content=SECRET_WORDS), "conversation": SECRET_WORDS})
    relay.post(chatwoot(content=SECRET_WORDS), x_chatwoot_signature="sha256=5ec2e7")
    assert [record.message.split()[0] for record in caplog.records if record.name == "agent_assist.relay"] == [
        "503",
        "401",
        "400",
        "401",
    ]
    for word in (SECRET_WORDS, "Elm Row", TOKEN, "wrong-token", "5ec2e7", "Ines"):
        assert word not in caplog.text


def test_a_flood_of_one_refusal_is_one_line(relay: Running, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(200):
        relay.post(chatwoot(), authorization=None)
        relay.post(chatwoot(), host="evil.example")
    lines = [record.message for record in caplog.records if record.name == "agent_assist.relay"]
    assert {line.split()[0] for line in lines} == {"401", "403"}
    assert len(lines) <= 2 * 2, "more than one a minute for each reason"  # a slow machine may take more than one


def test_each_reason_is_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 1_000_000.0
    relay = Relay(Door(TOKEN, 1, ()), Keys(TOKEN), lambda _window: NOT_HTTP, lambda: now)
    told = []
    for step in (0.0, 1.0, 58.9, 0.1, 59.9, 0.1, -3600.0):  # the last: somebody set the clock back
        now += step
        caplog.clear()
        for answer in (NOT_JSON, HEALTHY, NOT_HTTP, NOT_JSON):
            relay.tell(answer)
        told.append([record.message for record in caplog.records])
    both = ["400 The body is not a JSON object.", "400 This is not a whole request of HTTP/1.1."]
    assert told == [both, [], [], both, [], both, both]
