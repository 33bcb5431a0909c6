from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from cli_runs import CHAT, Cli, said_kindly
from contract_shape import check

from agent_assist import secrets
from agent_assist.history.database import connect, run
from agent_assist.paths import Places

ANALYZE = ("analyze", "--no-llm", "--json")


def saved(cli: Cli) -> list[str]:
    ran = cli("history", "list", "--json")
    assert ran.code == 0
    return [item["id"] for item in ran.json]


def test_what_is_analysed_is_saved_and_found_again(cli: Cli, passphrase: str) -> None:
    made = cli(*ANALYZE, stdin=CHAT)
    assert (made.code, made.err) == (0, "")
    identity = made.json["conversation"]["id"]
    items = cli("history", "list", "--json").json
    assert [list(item) for item in items] == [
        ["id", "customer", "source", "saved_at", "turns", "peak", "label", "spikes", "excerpt", "tags", "held"]
    ]
    assert (items[0]["id"], items[0]["turns"], items[0]["source"]) == (identity, 3, "plain")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", items[0]["saved_at"])
    shown = cli("history", "show", identity, "--json").json
    check(shown, fine=True)
    for turn in shown["turns"]:
        if turn["emotion"]:
            del turn["emotion"]["fine"]
    assert shown == made.json


def test_analysing_the_same_again_replaces_it(cli: Cli, passphrase: str) -> None:
    for _ in range(2):
        assert cli(*ANALYZE, stdin=CHAT).code == 0
    assert len(saved(cli)) == 1


def test_no_save_keeps_it_out(cli: Cli, passphrase: str, home: Places) -> None:
    assert cli(*ANALYZE, "--no-save", stdin=CHAT).code == 0
    assert not home.history.exists()


def test_the_option_keeps_it_out_unless_asked(cli: Cli, passphrase: str, home: Places) -> None:
    home.create()
    home.settings.write_text("[history]\nsave = false\n")
    assert cli(*ANALYZE, stdin=CHAT).code == 0
    assert not home.history.exists()
    assert cli(*ANALYZE, "--save", stdin=CHAT).code == 0
    assert len(saved(cli)) == 1


def test_search_finds_every_word_in_any_case(cli: Cli, passphrase: str) -> None:
    cli(*ANALYZE, stdin=CHAT)
    cli(*ANALYZE, stdin="Customer: Where is my teapot?\nAgent: On its way.\n")
    found = cli("history", "search", "BROKEN kettle", "--json").json
    assert len(found) == 1
    assert "kettle" in found[0]["excerpt"]
    assert cli("history", "search", "kettle teapot", "--json").json == []
    nothing = cli("history", "search", "unheard-of")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err == "agent-assist: nothing is saved that fits.\n"


def test_a_person_reads_lists_and_a_report(cli: Cli, passphrase: str) -> None:
    identity = cli(*ANALYZE, stdin=CHAT).json["conversation"]["id"]
    listed = cli("history", "list")
    assert identity in listed.out
    assert "kettle" in listed.out
    assert "I am furious!" in cli("history", "show", identity).out


def test_deleted_is_gone_and_an_unknown_one_is_said(cli: Cli, passphrase: str) -> None:
    identity = cli(*ANALYZE, stdin=CHAT).json["conversation"]["id"]
    assert cli("history", "delete", identity).code == 0
    assert saved(cli) == []
    for action in ("delete", "show"):
        said_kindly(cli("history", action, identity))


def test_a_limit_counts_and_has_to_be_a_number(cli: Cli, passphrase: str) -> None:
    for n in range(3):
        cli(*ANALYZE, stdin=f"Customer: Parcel {n} is late.\nAgent: Sorry.\n")
    assert len(cli("history", "list", "--json", "--limit", "2").json) == 2
    for wrong in ("0", "-1", "many", "9" * 30):
        assert cli("history", "list", "--limit", wrong).code == 2


def test_without_a_passphrase_the_answer_is_printed_and_not_saved(cli: Cli, home: Places) -> None:
    ran = cli(*ANALYZE, stdin=CHAT)
    assert ran.code == 0
    check(ran.json)
    assert len(ran.errors) == 1
    assert "not saved" in ran.errors[0]
    assert "AGENT_ASSIST_PASSPHRASE" in ran.errors[0]
    assert not home.history.exists()
    assert cli("--quiet", *ANALYZE, stdin=CHAT).err == ""


def test_asked_to_save_and_not_able_is_a_failure_also_when_quiet(cli: Cli) -> None:
    ran = cli("--quiet", *ANALYZE, "--save", stdin=CHAT)
    said_kindly(ran, "not saved")
    check(ran.json)


@pytest.mark.parametrize("action", [("list",), ("search", "x"), ("show", "x"), ("delete", "x")])
def test_without_a_passphrase_the_history_says_what_it_needs(cli: Cli, action: tuple[str, ...]) -> None:
    said_kindly(cli("history", *action), "AGENT_ASSIST_PASSPHRASE")


def test_a_wrong_passphrase_is_said_and_nothing_is_lost(
    cli: Cli, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli(*ANALYZE, stdin=CHAT)
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "something else entirely")
    said_kindly(cli("history", "list"), "passphrase")
    ran = cli(*ANALYZE, stdin="Customer: Another one.\n")
    said_kindly(ran, "not saved", "passphrase")
    check(ran.json)
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", passphrase)
    assert len(saved(cli)) == 1


def test_a_short_new_passphrase_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch, home: Places) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "short")
    said_kindly(cli(*ANALYZE, stdin=CHAT), "too short")
    assert not home.history.exists()


def test_a_save_that_is_not_possible_is_said_once(cli: Cli, tmp_path: Path) -> None:
    files = []
    for n in range(3):
        files.append(tmp_path / f"{n}.txt")
        files[-1].write_text(CHAT + f"Customer: And {n}.\n")
    ran = cli("analyze", "--no-llm", *map(str, files))
    assert (ran.code, len(ran.errors)) == (0, 1)


@pytest.mark.parametrize("damage", [bytes(4096), b"not a database", os.urandom(8192)], ids=["zeros", "text", "noise"])
def test_a_damaged_history_is_said_and_left_alone(cli: Cli, passphrase: str, home: Places, damage: bytes) -> None:
    cli(*ANALYZE, stdin=CHAT)
    home.history.write_bytes(damage)
    for extra in ("-wal", "-shm"):
        home.history.with_name(home.history.name + extra).unlink(missing_ok=True)
    ran = cli(*ANALYZE, stdin=CHAT)
    said_kindly(ran, "not saved", "damaged")
    check(ran.json)
    said_kindly(cli("history", "list"), "damaged")
    assert home.history.read_bytes() == damage


def test_a_history_that_another_program_holds_is_said_and_nothing_is_lost(
    cli: Cli, passphrase: str, home: Places
) -> None:
    cli(*ANALYZE, stdin=CHAT)
    other = connect(home.history, secrets.database_key(home, passphrase))
    try:
        run(other, "BEGIN IMMEDIATE")
        ran = cli(*ANALYZE, stdin="Customer: Another one.\n")
        said_kindly(ran, "not saved", "Another Agent Assist")
        check(ran.json)
    finally:
        other.close()
    assert len(saved(cli)) == 1
    cli(*ANALYZE, stdin="Customer: Another one.\n")
    assert len(saved(cli)) == 2


def test_a_folder_in_the_place_of_the_history_is_said(cli: Cli, passphrase: str, home: Places) -> None:
    cli(*ANALYZE, stdin=CHAT)
    home.history.unlink()
    home.history.mkdir()
    said_kindly(cli(*ANALYZE, stdin=CHAT), "not saved", "history")


def test_a_save_that_fails_in_a_batch_stops_nothing(cli: Cli, home: Places, passphrase: str) -> None:
    lines = "".join(
        json.dumps({"id": f"b{n}", "turns": [{"speaker": "customer", "text": f"Where is parcel {n}?"}]}) + "\n"
        for n in range(2)
    )
    assert cli("analyze", "--lines", "--no-llm", "--save", stdin=lines).code == 0
    other = connect(home.history, secrets.database_key(home, passphrase))
    # Another process is in the middle of a save, and does not end.
    with other.atomic("EXCLUSIVE"):
        ran = cli("analyze", "--lines", "--no-llm", "--save", stdin=lines)
    other.close()
    assert ran.code == 1
    assert [o["conversation"]["id"] for o in ran.objects] == ["b0", "b1"]
    assert len(ran.errors) == 2 and all("not saved" in line for line in ran.errors)
