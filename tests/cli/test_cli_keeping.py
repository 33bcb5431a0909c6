"""What the command line asks before it acts on what is kept, and how it answers; custody itself is a fake here."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from canned_custody import NOON, WORDS, FakeCustody
from cli_runs import Cli, said_kindly
from terminal import Terminal, Tty

from agent_assist.cli.asking import Busy
from agent_assist.cli.context import Context
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import BackupItem, BackupKind, Health, Label, Query
from agent_assist.secrets import KeyHome, KeyState

RIGHT = "correct horse battery"


@pytest.fixture
def custody(monkeypatch: pytest.MonkeyPatch) -> FakeCustody:
    fake = FakeCustody()
    monkeypatch.setattr(Context, "desk", SimpleNamespace(custody=fake))
    return fake


# --- opening


def test_at_a_terminal_the_passphrase_is_asked_for_until_it_is_right(
    custody: FakeCustody, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    custody.passphrase = RIGHT
    ran = Terminal(monkeypatch, "history", "list", typed=["wrong", RIGHT])
    assert ran.code == 0
    assert ran.prompts == ["Passphrase or recovery words: "] * 2
    assert "Enter its passphrase" in ran.shown and "does not open" in ran.shown
    assert RIGHT not in ran.shown + capsys.readouterr().out


def test_after_three_wrong_passphrases_it_is_over(custody: FakeCustody, monkeypatch: pytest.MonkeyPatch) -> None:
    custody.passphrase = RIGHT
    ran = Terminal(monkeypatch, "history", "list", typed=["a", "b", "c"])
    assert ran.code == 1
    assert len(ran.prompts) == 3


def test_one_in_the_environment_is_not_asked_for_again(custody: FakeCustody, monkeypatch: pytest.MonkeyPatch) -> None:
    custody.passphrase = RIGHT
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "wrong")
    ran = Terminal(monkeypatch, "history", "list")
    assert (ran.code, ran.prompts) == (1, [])


def test_nobody_is_asked_where_nobody_is(custody: FakeCustody, cli: Cli) -> None:
    custody.passphrase = RIGHT
    said_kindly(cli("history", "list"), "Enter its passphrase")


def test_an_interrupted_re_key_that_opening_finished_is_told(custody: FakeCustody, cli: Cli) -> None:
    custody.state = replace(custody.state, rekeying=True)
    assert "agent-assist history key recovery" in cli("history", "list").err


# --- lists


def test_the_options_of_list_become_a_query(custody: FakeCustody, cli: Cli) -> None:
    options = "--label anger --since 2026-01-05 --until 2026-02-01 --customer Lee --tag vip --held --channel email"
    ran = cli("history", "list", "--json", "--limit", "5", *options.split())
    query = Query(
        customer="Lee",
        label=Label.ANGER,
        since=date(2026, 1, 5),
        until=date(2026, 2, 1),
        channel="email",
        tag="vip",
        held=True,
    )
    assert custody.calls[-1] == ("find", query, 5)
    assert [(item["id"], item["tags"], item["held"]) for item in ran.json] == [
        ("a", ["vip"], False),
        ("b", ["vip"], True),
    ]


@pytest.mark.parametrize("wrong", [("--since", "yesterday"), ("--label", "cross"), ("--until", "2026-02-30")])
def test_an_option_that_cannot_be_is_bad_usage(custody: FakeCustody, cli: Cli, wrong: tuple[str, str]) -> None:
    assert cli("history", "list", *wrong).code == 2
    assert custody.calls == []


def test_a_search_is_handed_on_as_it_was_typed(custody: FakeCustody, cli: Cli) -> None:
    ran = cli("history", "search", "lost label:anger")
    assert custody.calls[-1] == ("find", "lost label:anger", 200)
    assert "#vip" in ran.out and "(held)" in ran.out


def test_customers_and_follow_ups_are_listed(custody: FakeCustody, cli: Cli) -> None:
    found = cli("history", "customers", "an", "--json").json
    assert found == [{"name": "Anna Lee", "conversations": 2, "last_at": NOON.isoformat(), "peak": 0.9}]
    assert "Anna Lee" in cli("history", "customers").out
    (one,) = cli("history", "follow-ups", "--json", "--done", "7").json
    assert (one["id"], one["due"], one["done_at"]) == (7, "2026-12-01", None)
    assert ("done", 7) in custody.calls
    assert "Call back" in cli("history", "follow-ups", "--all", "--remove", "8").out
    assert ("removed", 8) in custody.calls


def test_tags_and_holds_are_handed_on(custody: FakeCustody, cli: Cli) -> None:
    for command in (("tag", "a", "vip", "late"), ("tag", "a"), ("hold", "a"), ("release", "a")):
        assert cli("history", *command).code == 0
    told = [call for call in custody.calls if call[0] != "open"]
    assert told == [("tags", "a", ("vip", "late")), ("tags", "a", ()), ("held", "a", True), ("held", "a", False)]


def test_what_is_shown_is_a_view(custody: FakeCustody, cli: Cli) -> None:
    assert "Where is my parcel?" in cli("history", "show", "a").out
    assert custody.calls[-1] == ("load", "a", True)


# --- exports


def test_an_export_is_printed_or_written_for_its_owner_alone(custody: FakeCustody, cli: Cli, tmp_path: Path) -> None:
    assert "Where is my parcel?" in cli("history", "export", "a").out
    assert cli("history", "export", "a", "--json").json["conversation"]["id"] == "a"
    for name, options in (("x.json", ()), ("y", ("--format", "json"))):
        ran = cli("history", "export", "a", "--output", str(tmp_path / name), *options)
        assert (ran.code, ran.out) == (0, "")
        assert json.loads((tmp_path / name).read_text())["conversation"]["id"] == "a"
        if sys.platform != "win32":
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.json", "y"]


def test_an_export_never_replaces_a_file_unasked(custody: FakeCustody, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "there.txt"
    path.write_text("mine")
    path.chmod(0o644)
    said_kindly(cli("history", "export", "a", "--output", str(path)), "is there already", "--force")
    assert path.read_text() == "mine"
    assert ("export", "a") not in custody.calls, "it was noted as exported"
    assert cli("history", "export", "a", "--output", str(path), "--force").code == 0
    assert "Where is my parcel?" in path.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said_kindly(cli("history", "export", "a", "--output", str(tmp_path)), "is a folder")
    said_kindly(cli("history", "export", "a", "--output", str(tmp_path / "no" / "x")), "cannot be written")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_an_export_follows_no_link(custody: FakeCustody, cli: Cli, tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    said_kindly(cli("history", "export", "a", "--output", str(link)), "is there already")
    assert not target.exists()


# --- erasing


def test_deleting_tells_of_the_backups(custody: FakeCustody, cli: Cli) -> None:
    assert cli("history", "delete", "a").err == "agent-assist: 1 conversation is erased, also in 2 backups.\n"
    assert cli("history", "delete", "a", "--json").json == {
        "conversations": 1,
        "held": [],
        "copies": 2,
        "unreached": "",
    }


@pytest.mark.parametrize("command", [("erase-customer", "Anna Lee"), ("retain",)])
def test_what_would_go_is_shown_and_stays_where_nobody_agrees(
    custody: FakeCustody,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    ran = cli("history", *command)
    said_kindly(ran, "Nothing was done", "--yes")
    assert len(ran.out.splitlines()) == 2 and "(held)" in ran.out
    asked = Terminal(monkeypatch, "history", *command, lines=["n"])
    assert asked.code == 0
    assert "this conversation" in asked.shown and "nothing was erased" in asked.shown
    assert "Parcel lost" in capsys.readouterr().out
    assert not [call for call in custody.calls if call[0] in ("erase customer", "retain")]


@pytest.mark.parametrize("command", [("erase-customer", "Anna Lee"), ("retain",)])
def test_with_a_yes_it_goes(
    custody: FakeCustody, cli: Cli, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    assert cli("history", *command, "--yes").code == 0
    assert Terminal(monkeypatch, "history", *command, lines=["yes"]).code == 0
    assert len([call for call in custody.calls if call[0] in ("erase customer", "retain")]) == 2


def test_what_stayed_and_what_was_not_reached_is_said(custody: FakeCustody, cli: Cli) -> None:
    ran = cli("--quiet", "history", "erase-customer", "Anna Lee", "--yes")
    assert "1 stayed, under a legal hold: b" in ran.err
    assert "The backup folder is away." in ran.err


def test_an_unknown_customer_s_name_is_not_repeated(custody: FakeCustody, cli: Cli) -> None:
    ran = cli("history", "erase-customer", "Quillfeather", "--yes")
    said_kindly(ran, "agent-assist history customers")
    assert "Quillfeather" not in ran.err


def test_nothing_to_go_is_said(custody: FakeCustody, cli: Cli) -> None:
    custody.items = []
    assert "privacy.keep_days is 0" in cli("history", "retain").err


# --- copies


def test_backups_are_made_and_listed(custody: FakeCustody, cli: Cli, tmp_path: Path) -> None:
    assert "2 conversations  /copies/one.db" in cli("history", "backup").out.replace("        ", "")
    assert cli("history", "backup", str(tmp_path), "--json").json["kind"] == "manual"
    assert [call for call in custody.calls if call[0] == "backup"] == [("backup", None), ("backup", tmp_path)]
    said_kindly(cli("history", "backup", str(tmp_path / "mine.db")), "is no folder")
    assert "there is no backup" in cli("history", "backups").err
    custody.copies = [BackupItem(Path("/copies/two.db"), NOON, 1, BackupKind.DAILY, None)]
    assert cli("history", "backups", "--json").json[0]["conversations"] is None
    assert "two.db" in cli("history", "backups").out


def test_a_restore_asks_and_hands_on_what_opened(
    custody: FakeCustody, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "one.db"
    said_kindly(cli("history", "restore", str(path), "--yes"), "There is no backup")
    path.touch()
    said_kindly(cli("history", "restore", str(path)), "--yes")
    assert cli("history", "restore", str(path), "--yes", "--json").json == {"conversations": 2}
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", RIGHT)
    custody.failure = KnownError("The history is damaged. Restore a backup.")
    assert cli("history", "restore", str(path), "--yes").code == 0
    restored = [call for call in custody.calls if call[0] == "restore"]
    assert restored == [("restore", "one.db", None), ("restore", "one.db", RIGHT)]


def test_a_restore_where_nothing_is_yet_makes_no_history_first(
    custody: FakeCustody, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    custody.state = KeyState(KeyHome.NEW_KEYRING, "KDE Wallet")
    path = tmp_path / "one.db"
    path.touch()
    ran = Terminal(monkeypatch, "history", "restore", str(path), lines=["y"], typed=[WORDS])
    assert ran.prompts == ["Passphrase or recovery words of the backup: "]
    assert custody.calls == [("restore", "one.db", WORDS)]
    assert WORDS not in ran.shown


def test_verify_says_what_is_wrong_and_ends_so(custody: FakeCustody, cli: Cli) -> None:
    assert cli("history", "verify", "--full").code == 0
    assert custody.calls[-1] == ("check", True)
    backup = BackupItem(Path("/copies/two.db"), NOON, 1, BackupKind.DAILY, 5)
    custody.healthy = Health(False, "history.db is damaged. Restore a backup.", NOON, (Path("/aside"),), backup)
    ran = cli("history", "verify")
    assert ran.code == 1
    assert all(word in ran.out for word in ("is damaged", "set aside: /aside", "newest good backup: /copies/two.db"))
    custody.failure = KnownError("The history is damaged. Restore a backup.")  # it does not even open
    told = cli("history", "verify", "--json")
    assert (told.code, told.json["good"], told.json["newest_backup"]["path"]) == (1, False, "/copies/two.db")


def test_verify_says_what_else_is_in_the_way(custody: FakeCustody, cli: Cli) -> None:
    custody.failure = KnownError("The folder cannot be read. Check its permissions.")
    said_kindly(cli("history", "verify"), "cannot be read")


# --- the key


def test_recovery_words_are_alone_on_stdout(custody: FakeCustody, cli: Cli) -> None:
    ran = cli("history", "key", "recovery")
    assert ran.out == f"{WORDS}\n"
    assert "shown this once" in ran.err and WORDS not in ran.err
    assert cli("history", "key", "recovery", "--json").json == {"recovery_words": WORDS}


def test_the_status_opens_nothing(custody: FakeCustody, cli: Cli) -> None:
    assert "history key recovery" in cli("history", "key", "status").out
    told = cli("history", "key", "status", "--json").json
    assert told == {"home": "passphrase", "keyring": None, "recovery": False, "rekeying": False}
    custody.state = KeyState(KeyHome.KEYRING, "KDE Wallet", recovery=True, rekeying=True)
    said = cli("history", "key", "status").out
    assert all(word in said for word in ("KDE Wallet", "Recovery words open it too", "was interrupted"))
    assert custody.calls == []


def test_a_new_passphrase_comes_from_the_environment_or_is_typed_twice(
    custody: FakeCustody, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_kindly(cli("history", "key", "passphrase"), "AGENT_ASSIST_NEW_PASSPHRASE")
    ran = Terminal(monkeypatch, "history", "key", "passphrase", typed=["one of mine", "another one"])
    assert ran.code == 1 and "differ" in ran.shown
    assert Terminal(monkeypatch, "history", "key", "passphrase", typed=["one of mine"] * 2).code == 0
    monkeypatch.setenv("AGENT_ASSIST_NEW_PASSPHRASE", "one of the environment")
    assert cli("history", "key", "passphrase").code == 0
    changed = [call[1] for call in custody.calls if call[0] == "passphrase"]
    assert changed == ["one of mine", "one of the environment"]


def test_nothing_typed_changes_nothing(custody: FakeCustody, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Terminal(monkeypatch, "history", "key", "passphrase", typed=[""])
    assert ran.code == 1 and "Nothing was typed" in ran.shown


def test_a_new_key_takes_the_passphrase_that_opened(custody: FakeCustody, monkeypatch: pytest.MonkeyPatch) -> None:
    custody.passphrase = RIGHT
    assert Terminal(monkeypatch, "history", "key", "rekey", typed=[RIGHT]).code == 0
    assert custody.calls[-1] == ("rekey", RIGHT)


def test_the_keyring_takes_over(custody: FakeCustody, cli: Cli) -> None:
    assert "KDE Wallet" in cli("history", "key", "keyring").err


@pytest.mark.parametrize("command", ["passphrase", "recovery", "rekey", "keyring"])
def test_no_secret_is_ever_an_argument(custody: FakeCustody, cli: Cli, command: str) -> None:
    assert cli("history", "key", command, "correct horse battery").code == 2
    assert custody.calls == []


# --- long work


def test_work_of_a_second_says_so_and_quick_work_does_not(
    home: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Busy(Context(home, quiet=False, probe=None), "backing up") as busy:
        busy(0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("agent_assist.cli.asking._SECOND", 0.0)
    with Busy(Context(home, quiet=False, probe=None), "backing up") as busy:
        busy._timer.join(10)
        busy(0.5)
    assert capsys.readouterr().err == "agent-assist: backing up …\n"


def test_at_a_terminal_it_shows_how_much_is_done_and_wipes_it(home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    error = Tty()
    monkeypatch.setattr(sys, "stderr", error)
    monkeypatch.setattr("agent_assist.cli.asking._SECOND", 0.0)
    with Busy(Context(home, quiet=False, probe=None), "backing up") as busy:
        busy._timer.join(10)
        busy(0.5)
    assert error.getvalue() == "backing up …\r\x1b[Kbacking up 50%\r\x1b[K"


def test_quiet_it_says_nothing(
    home: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agent_assist.cli.asking._SECOND", 0.0)
    with Busy(Context(home, quiet=True, probe=None), "backing up") as busy:
        busy(0.5)
    assert capsys.readouterr().err == ""
