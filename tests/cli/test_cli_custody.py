"""What is kept, from the command line to the files and back: tags, holds, customers, erasing, copies, exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Cli, said_kindly

from agent_assist.paths import Places

CARD = "4111 1111 1111 1111"


@pytest.fixture
def three(cli: Cli, passphrase: str) -> None:
    """Three saved conversations, of two customers."""
    turns = [{"speaker": "customer", "name": "Anna Lee", "text": f"My card is {CARD} and my kettle broke!"}]
    other = [{"speaker": "customer", "name": "Bo Berg", "text": "Where is my teapot?"}]
    lines = [("k1", "Anna Lee", turns), ("k2", "Anna Lee", [*turns, *turns]), ("k3", "Bo Berg", other)]
    given = "".join(json.dumps({"id": i, "customer": who, "turns": said}) + "\n" for i, who, said in lines)
    assert cli("analyze", "--lines", "--no-llm", "--save", stdin=given).code == 0


def ids(cli: Cli, *arguments: str) -> set[str]:
    ran = cli("history", *arguments, "--json")
    assert ran.code == 0, ran.err
    return {item["id"] for item in ran.json}


def test_tags_holds_and_customers_are_looked_for(cli: Cli, three: None) -> None:
    assert cli("history", "tag", "k1", "vip").code == cli("history", "hold", "k2").code == 0
    assert ids(cli, "list", "--tag", "vip") == ids(cli, "search", "kettle tag:vip") == {"k1"}
    assert ids(cli, "list", "--held") == {"k2"}
    assert ids(cli, "list", "--customer", "bo") == {"k3"}
    assert ids(cli, "list", "--since", "2999-01-01") == set()
    said_kindly(cli("history", "delete", "k2"), "legal hold")
    assert cli("history", "release", "k2").code == cli("history", "delete", "k2").code == 0
    assert ids(cli, "list") == {"k1", "k3"}


def test_a_customer_who_is_erased_stays_erased_after_a_restore(cli: Cli, three: None, tmp_path: Path) -> None:
    copy = cli("history", "backup", "--json").json
    assert (copy["conversations"], len(cli("history", "backups", "--json").json)) == (3, 1)
    name = cli("history", "customers", "anna", "--json").json[0]["name"]
    said_kindly(cli("history", "erase-customer", name), "--yes")
    assert cli("history", "erase-customer", name, "--yes", "--json").json["conversations"] == 2
    assert ids(cli, "list") == {"k3"}
    assert cli("history", "delete", "k3").code == 0
    assert cli("history", "restore", copy["path"], "--yes", "--json").json == {"conversations": 0}
    assert cli("history", "verify", "--full").code == 0


def test_a_copy_alone_opens_with_the_recovery_words_elsewhere(
    cli: Cli, three: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = cli("history", "key", "recovery").out.strip()
    copy = cli("history", "backup", str(tmp_path / "stick"), "--json").json
    monkeypatch.setenv("AGENT_ASSIST_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", words)
    assert cli("history", "restore", copy["path"], "--yes", "--json").json == {"conversations": 3}
    assert ids(cli, "list") == {"k1", "k2", "k3"}


def test_a_damaged_history_is_told_with_the_backup_that_helps(cli: Cli, three: None, home: Places) -> None:
    copy = cli("history", "backup", "--json").json
    home.history.write_bytes(b"noise" * 20_000)
    for extra in ("-wal", "-shm"):
        home.history.with_name(home.history.name + extra).unlink(missing_ok=True)
    told = cli("history", "verify", "--json")
    assert (told.code, told.json["good"], told.json["newest_backup"]["path"]) == (1, False, copy["path"])
    ran = cli("history", "restore", copy["path"], "--yes", "--json")
    assert (ran.code, ran.json) == (0, {"conversations": 3})
    assert cli("history", "verify", "--full").code == 0


def test_an_export_is_blacked_out_and_noted(cli: Cli, three: None, tmp_path: Path) -> None:
    path = tmp_path / "k1.json"
    assert cli("history", "export", "k1", "--output", str(path)).code == 0
    assert CARD not in path.read_text() and "kettle" in path.read_text()
    noted = cli("audit", "list", "--json").json
    assert [entry["detail"] for entry in noted if entry["action"] == "export"] == [{"redacted": "all"}]
    assert cli("audit", "verify").code == 0


def test_a_site_that_allows_no_exports_writes_none(cli: Cli, three: None, home: Places, tmp_path: Path) -> None:
    home.settings.write_text("[privacy]\nexport = false\n")
    said_kindly(cli("history", "export", "k1", "--output", str(tmp_path / "x")), "may not be exported")
    assert not (tmp_path / "x").exists()


def test_what_is_older_than_the_settings_say_goes(cli: Cli, three: None, home: Places) -> None:
    home.settings.write_text("[privacy]\nkeep_days = 30\n")
    assert "older than 30 days" in cli("history", "retain").err
    assert ids(cli, "list") == {"k1", "k2", "k3"}


def test_no_secret_and_no_text_reaches_the_log(cli: Cli, three: None, home: Places, passphrase: str) -> None:
    words = cli("history", "key", "recovery").out.strip()
    cli("history", "key", "rekey")
    cli("history", "export", "k1")
    log = "".join(path.read_text(encoding="utf-8") for path in home.home.glob("agent-assist.log*"))
    trail = home.audit.read_text()
    for secret in (words, *words.split("-"), passphrase, "kettle", "Anna", CARD):
        assert secret not in log and secret not in trail
