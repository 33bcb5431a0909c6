"""How the history's files are: a quick look at every opening, all of them once a day."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.history.copying import bare
from agent_assist.history.database import RESTORE, Damaged
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.replacing import found_aside
from agent_assist.history.verifying import glance, is_sealed, look, refuse_damage
from agent_assist.paths import Places
from agent_assist.records import BackupItem, Health

_CHECKED = "checked_at"
_ONE_IN = 100  # conversations for each one that is unsealed


def check(places: Places, key: bytes, *, full: bool, now: datetime) -> Health:
    """Looks at the files on connections of its own, beside an open history.

    The index of words is not looked at: it is made again where it is damaged.

    Args:
        places: the installation.
        key: the database key.
        full: every page, tree and link, and one conversation in a hundred unsealed: about a second for each 100 MB.
            Else the first pages and two conversations: milliseconds.
        now: the time now, aware, UTC.

    Raises:
        KnownError: another process or the disk is in the way: nothing is known then.
    """
    if not places.history.exists():
        return Health(good=True, set_aside=found_aside(places))
    try:
        # Its opening mends one of the two files of keys from the other.
        with closing(ConversationKeys.open(places, key)) as keys:
            _look_through(places, key, keys, now, full=full)
    except Damaged as error:
        log.get("history").warning("the check found damage")
        return Health(
            good=False, problem=f"{error}", checked_at=_read_checked(places, key), set_aside=found_aside(places)
        )
    return Health(good=True, checked_at=_read_checked(places, key), set_aside=found_aside(places))


def offer(health: Health, newest: BackupItem | None) -> Health:
    """The same with a backup to restore, and with words that say so."""
    if health.good:
        return health
    hint = (
        f"Restore the backup of {newest.at.astimezone():%Y-%m-%d %H:%M}."
        if newest is not None
        else "There is no good backup in the folder: connect the drive that has one."
    )
    what = health.problem.removesuffix(RESTORE).rstrip()
    return Health(False, f"{what} {hint}", health.checked_at, health.set_aside, newest)


def _look_through(places: Places, key: bytes, keys: ConversationKeys, now: datetime, *, full: bool) -> None:
    # For writing: else SQLite may not make the index of a log that another process left behind.
    with bare(places.history, key, writing=True) as database:
        if not full:
            glance(database, places.history, keys)
            return
        refuse_damage(database, places.history)
        look(database, places.history, keys, _ONE_IN)
        if is_sealed(database):
            database.execute(
                "INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", (_CHECKED, int(now.timestamp()))
            )


def _read_checked(places: Places, key: bytes) -> datetime | None:
    """When the last full check found nothing; None where that is not known."""
    try:
        with bare(places.history, key, writing=True) as database:
            if not is_sealed(database):
                return None
            found = database.execute("SELECT value FROM state WHERE name = ?", (_CHECKED,)).fetchone()
    except KnownError:  # too damaged to say
        return None
    return datetime.fromtimestamp(int(found[0]), UTC) if found else None
