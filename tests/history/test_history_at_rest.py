from __future__ import annotations

import logging
import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from history_samples import PASSPHRASE, make_analysis

from agent_assist import secrets
from agent_assist.errors import KnownError, Locked
from agent_assist.history import History
from agent_assist.history.database import connect
from agent_assist.paths import Places
from agent_assist.records import Outcome

SAVED = ("Zebrafish", "zebrafish", "delivery", "Anna", "quokka", "A-48213", "Sorry", "frustration", "a-model", "numbat")


def raw_bytes(places: Places) -> bytes:
    """Everything that lies in the data folder, the write-ahead log too."""
    return b"".join(path.read_bytes() for path in sorted(places.home.iterdir()) if path.is_file())


def test_nothing_that_is_saved_can_be_read_from_the_files(places: Places, history: History) -> None:
    history.save(make_analysis())
    history.record_outcome("c1", 0, Outcome.EDITED, "Wombat")
    wal = Path(f"{places.history}-wal")
    assert wal.stat().st_size > 4096, "the write-ahead log is empty: nothing is looked at"
    raw = raw_bytes(places)
    assert not [word for word in (*SAVED, "Wombat", "CREATE TABLE", "SQLite format") if word.encode() in raw]
    history.close()
    raw = raw_bytes(places)
    assert len(raw) > 4096
    assert not [word for word in (*SAVED, "Wombat", "CREATE TABLE", "SQLite format") if word.encode() in raw]


def test_plain_sqlite_cannot_read_the_file(places: Places, history: History) -> None:
    history.save(make_analysis())
    history.close()
    plain = sqlite3.connect(places.history)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT * FROM sqlite_schema")
    plain.close()


def test_another_key_opens_nothing_and_changes_nothing(
    places: Places, history: History, capfd: pytest.CaptureFixture[str]
) -> None:
    history.save(make_analysis())
    history.close()
    before = places.history.read_bytes()
    with pytest.raises(KnownError, match="damaged or is not a history of this key"):
        connect(places.history, b"w" * 32)
    assert places.history.read_bytes() == before
    assert capfd.readouterr() == ("", "")
    with History.open(places) as again:
        assert again.load("c1") == make_analysis()


def test_the_passphrase_opens_it_and_a_wrong_one_does_not(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    with History.open(places, PASSPHRASE) as history:
        history.save(make_analysis())
    with pytest.raises(secrets.WrongPassphrase):
        History.open(places, "correct horse batterY")
    with pytest.raises(Locked):
        History.open(places)
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", PASSPHRASE)
    with History.open(places) as history:
        assert history.load("c1") == make_analysis()


def decrypted(places: Places) -> bytes:
    """Every page of the file as it is below the encryption, free ones too (SQLCipher 4 with a raw key)."""
    page_size, reserve, salt = 4096, 80, 16
    key, raw = secrets.database_key(places), places.history.read_bytes()
    pages = []
    for at in range(0, len(raw), page_size):
        page = raw[at : at + page_size]
        start, iv = (salt if at == 0 else 0), page[-reserve:][:16]
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
        pages.append(decryptor.update(page[start:-reserve]) + decryptor.finalize())
    return b"".join(pages)


def test_what_is_deleted_leaves_no_trace_below_the_encryption(places: Places, history: History) -> None:
    history.save(make_analysis("kept-here"))
    history.save(make_analysis("gone-for-good"))
    history.close()
    assert b"gone-for-good" in decrypted(places), "the decryption above does not work"
    with History.open(places) as again:
        again.delete("gone-for-good")
        assert Path(f"{places.history}-wal").stat().st_size == 0
    below = decrypted(places)
    assert b"kept-here" in below
    assert b"gone-for-good" not in below


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no mode bits; the user's profile folder is private")
def test_the_files_are_their_owner_s_alone(places: Places, history: History) -> None:
    history.save(make_analysis())
    assert {stat.S_IMODE(path.stat().st_mode) for path in places.home.iterdir()} == {0o600}


def test_no_customer_text_reaches_a_log(places: Places, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), History.open(places) as history:
        history.save(make_analysis())
        history.search("quokka")
        with pytest.raises(KnownError):
            history.load("zebrafish")
    assert not [word for word in SAVED if word in caplog.text]
