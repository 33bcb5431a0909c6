from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from audit_stage import KEY, Stage
from fake_keyring import MemoryKeyring

from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.privacy.audit import AuditTrail, KeyringAnchor
from agent_assist.records.custody import Action

NOTE = bytes(range(64))


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_the_keyring_remembers_the_end_for_each_installation(ring: MemoryKeyring, tmp_path: Path) -> None:
    one, other = KeyringAnchor(Places(tmp_path / "one")), KeyringAnchor(Places(tmp_path / "other"))
    assert one.read() is None
    one.write(7, NOTE)
    one.write(8, NOTE)
    assert (one.read(), other.read()) == ((8, NOTE), None)


def test_a_keyring_that_is_locked_or_not_there_is_said(ring: MemoryKeyring, places: Places) -> None:
    anchor = KeyringAnchor(places)
    anchor.write(1, NOTE)
    ring.locked = True
    with pytest.raises(KnownError):
        anchor.read()
    with pytest.raises(KnownError):
        anchor.write(2, NOTE)


@pytest.mark.parametrize(
    "kept", ["", "7", f"-7 {'a' * 128}", f"7 {'g' * 128}", f"7 {'a' * 64}", f"{'9' * 30} {'a' * 128}"]
)
def test_what_is_no_anchor_counts_as_none(ring: MemoryKeyring, places: Places, kept: str) -> None:
    anchor = KeyringAnchor(places)
    anchor.write(7, NOTE)
    (entry,) = ring.entries
    ring.entries[entry] = kept
    assert anchor.read() is None


def test_a_trail_over_a_keyring_finds_its_end_cut_off(ring: MemoryKeyring, places: Places) -> None:
    trail = AuditTrail(places.audit, KEY, KeyringAnchor(places))
    for _ in range(5):
        trail.append(Action.VIEW)
    trail.close()
    lines = places.audit.read_bytes().splitlines(keepends=True)
    places.audit.write_bytes(b"".join(lines[:4]))
    verdict = AuditTrail(places.audit, KEY, KeyringAnchor(places)).verify()
    assert not verdict.good
    assert verdict.anchored


def test_several_threads_add_to_one_chain(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    trail = stage.open()

    def add(who: int) -> None:
        for k in range(40):
            trail.append(Action.VIEW, "", {"who": who, "k": k})

    threads = [threading.Thread(target=add, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = trail.entries(1000)
    assert [entry.n for entry in entries] == list(range(160, 0, -1))
    for who in range(4):
        assert [e.detail["k"] for e in reversed(entries) if e.detail["who"] == who] == list(range(40))
    assert trail.verify().good
