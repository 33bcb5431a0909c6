"""Which backups are kept: pure logic, with clocks that lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.history.schedule import AT_ONCE, DAYS, MONTHS, WEEKS, Made, Origin, due, reasons, superfluous
from agent_assist.records import BackupKind

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
times = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
made = st.builds(Made, times, st.sampled_from(Origin))
backups = st.sets(made, max_size=60)


def every_day(days: int, start: datetime = START) -> set[Made]:
    """What is there after so many days of one backup each, pruned after each."""
    there: set[Made] = set()
    for day in range(days):
        now = start + timedelta(days=day)
        assert due(there, now)
        there.add(Made(now, Origin.AUTOMATIC))
        assert not due(there, now + timedelta(minutes=1))
        there -= set(superfluous(there, now))
    return there


def test_after_two_years_there_are_12_days_10_weeks_and_9_months() -> None:
    there = every_day(730)
    now = START + timedelta(days=729)
    kinds = list(reasons(there, now).values())
    assert kinds.count(BackupKind.DAILY) == DAYS
    assert len({one.at.isocalendar()[:2] for one in there}) >= WEEKS
    assert len({(one.at.year, one.at.month) for one in there}) == MONTHS
    assert len(there) <= DAYS + WEEKS + MONTHS
    days = sorted((now - one.at).days for one in there)
    assert days[:DAYS] == list(range(DAYS))
    assert 8 * 26 <= days[-1] <= 9 * 31, "the newest of the ninth month, this one counted"


def test_a_holiday_deletes_nothing() -> None:
    there = every_day(400)
    back = START + timedelta(days=500)
    assert superfluous(there, back) == []
    new = Made(back, Origin.AUTOMATIC)
    assert len(superfluous({*there, new}, back)) <= AT_ONCE


@given(backups, times)
def test_the_newest_stays_and_no_run_deletes_many(there: set[Made], now: datetime) -> None:
    gone = superfluous(there, now)
    assert len(gone) <= AT_ONCE
    assert set(gone) <= there
    if there:
        assert max(there, key=lambda one: one.at) not in gone
    past = [one for one in there if one.origin is Origin.AUTOMATIC and one.at <= now]
    if past:
        assert max(past, key=lambda one: one.at) not in gone, "the newest that the clock believes in"


@given(backups, times)
def test_the_future_and_what_a_person_made_are_never_deleted(there: set[Made], now: datetime) -> None:
    for one in superfluous(there, now):
        assert one.at.date() <= now.date()
        assert one.origin is not Origin.MANUAL
        if one.origin is Origin.SAFETY:
            assert now - one.at > timedelta(days=30)


@given(backups, times)
def test_pruning_comes_to_an_end_at_the_same_set_in_any_order(there: set[Made], now: datetime) -> None:
    wanted = set(reasons(there, now))
    rest = set(there)
    while gone := superfluous(rest, now):
        rest -= set(gone)
    newest = {max(there, key=lambda one: one.at)} if there else set()
    assert {one for one in rest if one.origin is not Origin.SAFETY} - newest <= wanted
    assert {one for one in wanted if one.origin is not Origin.SAFETY} <= rest


@settings(deadline=None)
@given(st.timedeltas(timedelta(days=-3000), timedelta(days=3000)), st.integers(1, 40))
def test_a_clock_that_jumps_deletes_no_more_than_a_day_would(jump: timedelta, days: int) -> None:
    """The clock is wrong for some days of work and then right again."""
    there = every_day(300)
    good = set(there)
    wrong = START + timedelta(days=300) + jump
    for day in range(days):
        now = wrong + timedelta(days=day)
        there.add(Made(now, Origin.AUTOMATIC))
        there -= set(superfluous(there, now))
    right = START + timedelta(days=300)
    there.add(Made(right, Origin.AUTOMATIC))
    there -= set(superfluous(there, right))
    kept_months = {(one.at.year, one.at.month) for one in there & good}
    assert len(kept_months) >= MONTHS - 1 - (days + 30) // 28, "good ones go only as new days come"
    newest = max(good, key=lambda one: one.at).at.date()
    assert days >= DAYS or newest in {one.at.date() for one in there}, "or a later one of the same day"


def test_a_safety_copy_outlives_a_clock_that_is_years_ahead() -> None:
    safety = Made(START, Origin.SAFETY)
    far = START + timedelta(days=4000)
    assert safety in reasons({safety, Made(far, Origin.AUTOMATIC)}, far)
    after = {Made(START + timedelta(days=day), Origin.AUTOMATIC) for day in range(1, 32)}
    now = START + timedelta(days=31)
    assert safety not in reasons({safety, *after}, now)
    assert superfluous({safety, *after}, now)[0] == safety


def test_a_backup_of_another_day_or_kind_does_not_stand_for_todays() -> None:
    assert due([], START)
    assert due([Made(START, Origin.MANUAL), Made(START, Origin.SAFETY)], START)
    assert due([Made(START - timedelta(days=1), Origin.AUTOMATIC)], START)
    assert due([Made(START + timedelta(days=900), Origin.AUTOMATIC)], START), "one from the future helps nobody today"
    assert not due([Made(START - timedelta(hours=3), Origin.AUTOMATIC)], START)
