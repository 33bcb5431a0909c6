"""What is promised of everything that is kept, over the real files: SQLCipher, keys, backups, audit trail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from custody_stage import Clock
from fake_keyring import MemoryKeyring

from agent_assist import secrets
from agent_assist.custody import Custody
from agent_assist.errors import KnownError, Locked
from agent_assist.history.restoring import opens
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import (
    Action,
    Analysis,
    Assist,
    ContextUse,
    Conversation,
    Grounding,
    Mood,
    Outcome,
    Reply,
    Source,
    Speaker,
    Summary,
    Turn,
)
from agent_assist.settings import BACKUP_FOLDER, EXPORT, KEEP_DAYS, REDACT_STORE, Settings

MakeCustody = Callable[[], Custody]
PASSPHRASE = "correct horse battery"
CARD = "4111 1111 1111 1111"


def analysis(identity: str = "c1", customer: str = "Zoe Quill", text: str = "") -> Analysis:
    texts = (
        (Speaker.CUSTOMER, text or f"My card {CARD} was charged twice. Mail zoe@example.org, wombat {identity}."),
        (Speaker.AGENT, "I am sorry, Zoe."),
        (Speaker.CUSTOMER, "This is the third time!"),
    )
    turns = tuple(
        Turn(i, who, said, customer if who is Speaker.CUSTOMER else None) for i, (who, said) in enumerate(texts)
    )
    reply = Reply("Own it", f"Sorry about the card {CARD}.", {}, 0.5, Grounding(True, ()), Source.COMPOSED)
    return Analysis(
        Conversation(identity, "plain", turns, customer),
        Mood(readings=(), spikes=(), shift=None, risk=None, ms=0.0),
        Assist(Summary(), (), (reply,), ContextUse(0, 0)),
    )


def actions(custody: Custody) -> list[Action]:
    return [entry.action for entry in custody.audit()][::-1]


def files(places: Places) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(places.home.rglob("*")) if path.is_file())


# --- what is blacked out


def test_what_opens_a_bank_account_is_not_kept(custody: Custody) -> None:
    custody.keep(analysis())
    kept = custody.load("c1")
    assert kept.conversation.turns[0].text.startswith("My card [card ending 1111] was charged twice.")
    assert kept.assist is not None
    assert CARD not in kept.assist.replies[0].text
    assert "zoe@example.org" in kept.conversation.turns[0].text
    assert [item.id for item in custody.find("wombat")] == ["c1"]
    assert not custody.find("4111")


def test_a_conversation_that_goes_on_keeps_what_it_had(custody: Custody) -> None:
    custody.keep(analysis())
    more = analysis()
    turns = (*more.conversation.turns, Turn(3, Speaker.CUSTOMER, f"Once more: {CARD}", "Zoe Quill"))
    grown = Analysis(Conversation("c1", "plain", turns, "Zoe Quill"), more.mood)
    custody.keep(grown)
    kept = custody.load("c1")
    assert [turn.text for turn in kept.conversation.turns][3] == "Once more: [card ending 1111]"
    assert kept.assist is not None, "the proposals of before went"
    assert len(custody.find("")) == 1


def test_exports_black_out_more_and_can_be_forbidden(places: Places, make_custody: MakeCustody) -> None:
    custody = make_custody()
    custody.open()
    custody.keep(analysis())
    given = custody.export("c1")
    text = "\n".join(turn.text for turn in given.conversation.turns)
    assert "zoe" not in text.lower()
    assert "[e-mail 1]" in text
    assert given.conversation.customer == "[name 1]"
    Settings(places.settings).set(EXPORT, False)
    again = make_custody()
    again.open()
    with pytest.raises(KnownError, match="may not be exported"):
        again.export("c1")


def test_what_became_of_a_reply_is_kept_with_the_reply_as_it_is_kept(custody: Custody) -> None:
    shown = analysis()
    custody.keep(shown)
    custody.record_outcome(shown, 0, Outcome.EDITED, f"Sorry, not {CARD}.")
    (recorded,) = custody.history.outcomes("c1").values()
    assert recorded.outcome is Outcome.EDITED
    assert recorded.text == "Sorry, not [card ending 1111]."


def test_nothing_is_blacked_out_where_the_settings_say_so(places: Places, make_custody: MakeCustody) -> None:
    Settings(places.settings).set(REDACT_STORE, "none")
    custody = make_custody()
    custody.open()
    custody.keep(analysis())
    assert CARD in custody.load("c1").conversation.turns[0].text


# --- locked


def test_locked_nothing_is_given_out(custody: Custody) -> None:
    custody.keep(analysis())
    custody.lock()
    assert not custody.is_open
    for asked in (lambda: custody.load("c1"), lambda: custody.find(""), custody.due, custody.audit):
        with pytest.raises(Locked):
            asked()
    custody.open()
    assert custody.load("c1").conversation.id == "c1"
    assert actions(custody)[-3:] == [Action.LOCK, Action.UNLOCK, Action.VIEW]


def test_refused_unlocks_are_told_at_the_next_one(
    places: Places, make_custody: MakeCustody, working_keyring: MemoryKeyring
) -> None:
    working_keyring.locked = True
    custody = make_custody()
    custody.open(PASSPHRASE)
    custody.lock()
    for _ in range(2):
        with pytest.raises(secrets.WrongPassphrase):
            custody.open("wrong horse battery")
    custody.open(PASSPHRASE)
    (told,) = [entry for entry in custody.audit() if entry.action is Action.UNLOCK_REFUSED]
    assert told.detail["count"] == 2


def test_the_trail_names_nobody(places: Places, custody: Custody) -> None:
    custody.keep(analysis("case-9"))
    custody.load("case-9")
    custody.export("case-9")
    custody.set_held("case-9", True)
    custody.set_held("case-9", False)
    custody.erase("case-9")
    trail = places.audit.read_text()
    for word in ("Zoe", "Quill", "case-9", "wombat", "1111", "example.org"):
        assert word not in trail
    assert custody.verify_audit().good


# --- erasing


def test_an_erased_conversation_is_gone_from_the_backups_too(places: Places, custody: Custody) -> None:
    custody.keep(analysis("c1"))
    custody.keep(analysis("c2", "Ada Byron"))
    backup = custody.back_up()
    elsewhere = shutil.copy(backup.path, places.home / "elsewhere.db")
    erased = custody.erase_customer("zoe quill")
    assert (erased.conversations, erased.copies, erased.unreached) == (1, 1, "")
    assert [item.id for item in custody.find("")] == ["c2"]
    assert not custody.find("wombat c1")
    # Neither the copy in the folder nor one that nobody knew of brings it back.
    for path in (backup.path, Path(elsewhere)):
        assert custody.restore(path) == 1
        assert [item.id for item in custody.find("")] == ["c2"]


def test_a_hold_is_stronger_than_erasing(places: Places, custody: Custody) -> None:
    custody.keep(analysis("c1"))
    custody.keep(analysis("c2"))
    custody.set_held("c1", True)
    with pytest.raises(KnownError, match="hold"):
        custody.erase("c1")
    erased = custody.erase_customer("Zoe Quill")
    assert (erased.conversations, erased.held) == (1, ("c1",))
    assert [item.id for item in custody.find("")] == ["c1"]


def test_backups_that_are_away_are_cleaned_once_they_are_back(
    places: Places, make_custody: MakeCustody, tmp_path: Path
) -> None:
    drive, drawer = tmp_path / "drive", tmp_path / "drawer"
    drive.mkdir()
    Settings(places.settings).set(BACKUP_FOLDER, str(drive))
    custody = make_custody()
    custody.open()
    custody.keep(analysis("c1"))
    custody.keep(analysis("c2"))
    backup = custody.back_up()
    drive.rename(drawer)
    erased = custody.erase("c1")
    assert "drive" in erased.unreached
    custody.close()
    drawer.rename(drive)
    again = make_custody()
    again.open()
    assert not again.history.unfinished()
    assert again.restore(backup.path) == 1


def test_what_is_older_than_is_kept_goes(places: Places, make_custody: MakeCustody, clock: Clock) -> None:
    Settings(places.settings).set(KEEP_DAYS, 30)
    custody = make_custody()
    custody.open()
    custody.keep(analysis("old"))
    clock.now = clock.now.replace(month=3)
    custody.keep(analysis("new"))
    assert [item.id for item in custody.due()] == ["old"]
    assert custody.retain().conversations == 1
    assert [item.id for item in custody.find("")] == ["new"]
    assert Action.RETAIN in actions(custody)


# --- the key


def test_a_new_key_opens_everything_and_the_old_one_nothing(places: Places, custody: Custody) -> None:
    custody.keep(analysis())
    backup = custody.back_up()
    old = secrets.database_key(places)
    told: list[float] = []
    words = custody.rekey(None, told.append, CancelToken())
    assert told == sorted(told)
    assert told[-1] == 1.0
    new = secrets.database_key(places)
    assert old != new
    assert custody.load("c1").conversation.customer == "Zoe Quill"
    for path in (places.history, backup.path):
        assert not opens(path, old)
    assert custody.restore(backup.path) == 1
    custody.close()
    assert secrets.database_key(places, words) == new


@pytest.mark.parametrize("step", ["begun", "files", "copies"])
def test_a_change_of_the_key_that_was_interrupted_is_finished(
    places: Places, make_custody: MakeCustody, step: str
) -> None:
    from agent_assist.history import History
    from agent_assist.history.backups import Backups

    custody = make_custody()
    custody.open()
    custody.keep(analysis())
    backup = custody.back_up()
    old = secrets.database_key(places)
    new = secrets.begin_rekey(places, old, None)
    custody.close()
    if step != "begun":
        History.rekey(places, old, new)
    if step == "copies":
        Backups(places, places.backups).rekey((old,), new)
    again = make_custody()
    assert again.key_state().rekeying
    again.open()
    assert not again.key_state().rekeying
    assert again.load("c1").conversation.id == "c1"
    assert again.restore(backup.path) == 1


def test_recovery_words_open_it_when_the_keyring_has_lost_it(
    custody: Custody, make_custody: MakeCustody, working_keyring: MemoryKeyring
) -> None:
    custody.keep(analysis())
    words = custody.make_recovery()
    custody.close()
    working_keyring.entries.clear()
    again = make_custody()
    with pytest.raises(KnownError, match="recovery words"):
        again.open()
    again.open(words)
    assert again.load("c1").conversation.id == "c1"


def test_a_history_that_nobody_opens_can_be_set_aside_and_comes_back(
    places: Places, custody: Custody, make_custody: MakeCustody, working_keyring: MemoryKeyring
) -> None:
    custody.keep(analysis())
    words = custody.make_recovery()
    with pytest.raises(KnownError, match="is open"):
        custody.start_anew()
    custody.close()
    working_keyring.entries.clear()
    again = make_custody()
    aside = again.start_anew()
    again.open()
    assert not again.find("")
    lost = Custody(Places(aside), Settings(places.settings), again.policy)
    lost.open(words)
    assert [item.id for item in lost.find("")] == ["c1"]
    lost.close()


# --- damage


def test_of_a_damaged_history_the_newest_good_backup_is_offered(
    places: Places, custody: Custody, make_custody: MakeCustody
) -> None:
    custody.keep(analysis())
    backup = custody.back_up()
    custody.close()
    data = bytearray(places.history.read_bytes())
    data[16:4096] = bytes(4080)
    places.history.write_bytes(bytes(data))
    again = make_custody()
    with pytest.raises(KnownError, match="Restore the backup of"):
        again.open()
    newest = again.health().newest_backup
    assert newest is not None
    assert newest.path == backup.path
    assert again.restore(newest.path) == 1
    assert again.load("c1").conversation.id == "c1"
    assert any(b"\0" * 4080 in path.read_bytes() for path in places.home.glob("history.damaged-*")), "it is kept"


def test_nothing_of_it_can_be_read_from_the_files(places: Places, custody: Custody) -> None:
    custody.keep(analysis())
    custody.find("wombat")
    custody.back_up()
    custody.load("c1")
    raw = files(places)
    assert not [word for word in ("wombat", "Zoe", "Quill", "third time", "SQLite format") if word.encode() in raw]


def test_what_was_blacked_out_can_be_looked_at_but_for_cards_and_codes(
    places: Places, make_custody: MakeCustody
) -> None:
    Settings(places.settings).set(REDACT_STORE, "all")
    custody = make_custody()
    custody.open()
    custody.keep(analysis(text=f"I am Zoe Quill, zoe@example.org, card {CARD}, my pin is 4821."))
    kept = custody.load("c1").conversation
    assert "zoe" not in kept.turns[0].text.lower()
    assert kept.customer == "Zoe Quill", "nobody could find them to erase them"
    assert [item.id for item in custody.customer("zoe quill")] == ["c1"]
    shown = custody.reveal("c1").conversation.turns[0].text
    assert shown == "I am Zoe Quill, zoe@example.org, card [card ending 1111], my pin is [PIN]."
    assert actions(custody)[-1] is Action.REVEAL


def test_nothing_is_erased_by_age_where_the_clock_may_have_jumped(
    places: Places, make_custody: MakeCustody, clock: Clock
) -> None:
    Settings(places.settings).set(KEEP_DAYS, 90)
    custody = make_custody()
    custody.open()
    custody.keep(analysis())
    assert custody.retain(unasked=True).conversations == 0
    clock.now = clock.now.replace(year=2036)
    with pytest.raises(KnownError, match="days have passed"):
        custody.retain(unasked=True)
    # A save under the wrong clock makes it no righter.
    custody.keep(analysis("c2"))
    with pytest.raises(KnownError, match="days have passed"):
        custody.retain(unasked=True)
    # Seen by a person, it goes.
    assert custody.retain().conversations == 1


def test_age_erases_day_by_day_without_being_asked(places: Places, make_custody: MakeCustody, clock: Clock) -> None:
    Settings(places.settings).set(KEEP_DAYS, 30)
    custody = make_custody()
    custody.open()
    custody.keep(analysis())
    custody.retain(unasked=True)
    gone = []
    for _ in range(35):
        clock.now += timedelta(days=1)
        gone.append(custody.retain(unasked=True).conversations)
    assert sum(gone) == 1
    assert gone[:29] == [0] * 29


def test_an_erasure_that_cannot_be_recorded_is_not_done(places: Places, custody: Custody) -> None:
    custody.keep(analysis())
    custody.audit()
    places.audit.unlink()
    places.audit.mkdir()
    with pytest.raises(KnownError):
        custody.erase("c1")
    places.audit.rmdir()
    assert custody.load("c1", viewed=False).conversation.id == "c1"
