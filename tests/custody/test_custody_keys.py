"""The key changed, the history locked or begun anew: with drives that are away, disks that are full, others at work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_keyring import MemoryKeyring

from agent_assist import secrets
from agent_assist.custody import Custody
from agent_assist.errors import KnownError, Locked
from agent_assist.history.restoring import opens
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import Action, Analysis, Conversation, Mood, Speaker, Turn
from agent_assist.settings import BACKUP_FOLDER, Settings

MakeCustody = Callable[[], Custody]


def analysis(identity: str) -> Analysis:
    turns = (Turn(0, Speaker.CUSTOMER, f"Where is my parcel? Wombat {identity}."), Turn(1, Speaker.AGENT, "I look."))
    return Analysis(Conversation(identity, "plain", turns, "Zoe Quill"), Mood((), (), None, None, 0.0))


def rekey(custody: Custody) -> str:
    return custody.rekey(None, lambda _done: None, CancelToken())


def elsewhere(custody: Custody, folder: Path, backup: Path, words: str) -> Custody:
    """A custody of another machine, with a backup restored from its folder."""
    other = Custody(Places(folder), Settings(folder / "settings.toml"), custody.policy)
    other.restore(backup, words)
    return other


def test_an_empty_mount_point_is_not_the_drive(custody: Custody, tmp_path: Path) -> None:
    drive, drawer = tmp_path / "drive", tmp_path / "drawer"
    custody.keep(analysis("c1"))
    custody.keep(analysis("c2"))
    backup = custody.back_up(drive).path
    drive.rename(drawer)
    drive.mkdir()
    assert "drive" in custody.erase("c1").unreached
    with pytest.raises(KnownError, match="Connect its drive"):
        custody.back_up(drive)
    rekey(custody)
    assert "drive" in custody.left_behind
    assert not list(drive.iterdir()), "nothing is written beside a drive that is away"
    drive.rmdir()
    drawer.rename(drive)
    custody.lock()
    custody.open()
    assert not custody.history.unfinished()
    assert custody.restore(backup) == 1


def test_a_drive_that_was_away_during_two_changes_of_the_key_gets_the_last(
    places: Places, custody: Custody, working_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    drive, drawer = tmp_path / "drive", tmp_path / "drawer"
    custody.keep(analysis("c1"))
    backup = custody.back_up(drive).path
    old = secrets.database_key(places)
    drive.rename(drawer)
    for _ in range(2):
        words = rekey(custody)
        assert "drive" in custody.left_behind
    drawer.rename(drive)
    assert custody.back_up(drive).conversations == 1, "it went on by itself"
    assert not opens(backup, old)
    assert secrets.keys_before(places, secrets.database_key(places)) == ()
    custody.close()
    working_keyring.entries.clear()
    other = elsewhere(custody, tmp_path / "other", backup, words)
    assert [item.id for item in other.find("")] == ["c1"]
    other.close()


def test_new_recovery_words_reach_every_folder(
    custody: Custody, working_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    near, far, drawer = (tmp_path / name for name in ("near", "far", "drawer"))
    before = custody.make_recovery()
    custody.keep(analysis("c1"))
    backups = [custody.back_up(folder).path for folder in (near, far)]
    far.rename(drawer)
    words = custody.make_recovery()
    assert "far" in custody.left_behind
    assert "near" not in custody.left_behind
    drawer.rename(far)
    custody.back_up()
    custody.close()
    working_keyring.entries.clear()
    for number, backup in enumerate(backups):
        with pytest.raises(Locked):
            elsewhere(custody, tmp_path / f"other{number}", backup, before)
        elsewhere(custody, tmp_path / f"other{number}", backup, words).close()


def test_a_key_is_not_changed_while_another_has_the_history_open(
    places: Places, custody: Custody, make_custody: MakeCustody
) -> None:
    custody.keep(analysis("c1"))
    other = make_custody()
    other.open()
    before = secrets.database_keys(places)
    with pytest.raises(KnownError, match="Close it there"):
        rekey(custody)
    assert secrets.database_keys(places) == before
    assert custody.is_open
    assert custody.make_recovery()
    other.close()
    assert rekey(custody)


def test_a_change_of_the_key_that_is_finished_at_the_opening_is_told(
    places: Places, custody: Custody, make_custody: MakeCustody
) -> None:
    custody.make_recovery()
    secrets.begin_rekey(places, secrets.database_key(places), None)
    custody.close()
    again = make_custody()
    again.open()
    assert not again.key_state().recovery
    assert ("re-keyed",) in [tuple(entry.detail.values()) for entry in again.audit() if entry.action is Action.KEY]


def test_where_nothing_can_be_recorded_it_is_locked_all_the_same(places: Places, custody: Custody) -> None:
    custody.keep(analysis("c1"))
    trail = places.audit.rename(places.home / "trail")
    places.audit.mkdir()
    with pytest.raises(KnownError, match="audit trail"):
        custody.lock()
    assert not custody.is_open
    with pytest.raises(KnownError, match="audit trail"):
        custody.open()
    assert not custody.is_open
    for asked in (custody.audit, custody.back_up):
        with pytest.raises(Locked):
            asked()
    places.audit.rmdir()
    trail.rename(places.audit)
    custody.open()
    assert custody.load("c1").conversation.id == "c1"


def test_what_another_has_open_is_not_set_aside(
    custody: Custody, make_custody: MakeCustody, working_keyring: MemoryKeyring
) -> None:
    custody.keep(analysis("c1"))
    other = make_custody()
    with pytest.raises(KnownError, match="open in another"):
        other.start_anew()
    custody.keep(analysis("c2"))
    custody.close()
    other.open()
    assert len(other.find("")) == 2


def test_a_history_begun_anew_has_the_backup_folder_to_itself(
    places: Places, make_custody: MakeCustody, working_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    Settings(places.settings).set(BACKUP_FOLDER, str(tmp_path / "drive"))
    first = make_custody()
    first.open()
    first.keep(analysis("c1"))
    words = first.make_recovery()
    old = first.back_up().path
    first.close()
    working_keyring.entries.clear()
    second = make_custody()
    aside = second.start_anew()
    second.open()
    second.keep(analysis("c2"))
    assert second.back_up().path.parent == old.parent
    assert second.erase("c2").unreached == ""
    moved = old.parent / aside.name / old.name
    other = elsewhere(second, tmp_path / "other", moved, words)
    assert [item.id for item in other.find("")] == ["c1"]
    other.close()
