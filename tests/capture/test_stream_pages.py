"""The stream against a page that changes at random: each message once, in the page's order, with its last words."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from stream_page import Page, is_within, shown, tracker

from agent_assist.capture.stream import Tracker

_SUBJECTS = ["parcel", "invoice", "lamp", "refund", "password", "courier", "voucher", "garden", "battery", "window"]
_VERBS = ["vanished", "broke", "glows", "expired", "doubled", "arrived", "leaks", "jumped", "froze", "melted"]
_SHORT = ["ok", "yes", "thanks"]
_COUNT = len(_SUBJECTS) * len(_VERBS)


def _telling(number: int) -> str:
    """A text that no other number has, and that none looks like a mended form of."""
    subject, verb = _SUBJECTS[number % 10], _VERBS[number // 10 % 10]
    return f"{verb}: {subject * 2}{verb * 2} {chr(97 + number % 10) * 9}{chr(97 + number // 10) * 9}"


def _append(draw: st.DrawFn, page: Page) -> None:
    for _ in range(draw(st.integers(1, 4))):
        short = not page.telling and page.messages and draw(st.booleans())
        first = draw(st.integers(0, _COUNT - 1))
        fresh = next(t for n in range(_COUNT) if (t := _telling((first + n) % _COUNT)) not in page.used)
        page.append(draw(st.sampled_from(_SHORT)) if short else fresh)
        page.used.add(page.texts[-1])


def _pick(draw: st.DrawFn, page: Page) -> int | None:
    """A message whose words stand once in the page."""
    places = [i for i, m in enumerate(page.messages) if m.text not in _SHORT and page.texts.count(m.text) == 1]
    return draw(st.sampled_from(places)) if places else None


def _edit(draw: st.DrawFn, page: Page) -> None:
    place = _pick(draw, page)
    if place is not None:
        page.messages[place].text += draw(st.sampled_from([" now", ", still", "!"]))


def _delete(draw: st.DrawFn, page: Page) -> None:
    place = _pick(draw, page)
    if place is not None and len(page.messages) > 1:
        del page.messages[place]


def _move(draw: st.DrawFn, page: Page) -> None:
    place = _pick(draw, page)
    if place is not None:
        page.messages.insert(draw(st.integers(0, len(page.messages) - 1)), page.messages.pop(place))


_CHANGES: list[Callable[[st.DrawFn, Page], None]] = [_append, _append, _append, _edit, _delete, _move]


# Short texts around others that vanish or change places cannot be told apart without a key.
_KEYLESS = [_append, _append, _edit]


def _key(number: int) -> str:
    return f"k{number}"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_with_keys_any_windows_and_changes_come_out_right(data: st.DataObject) -> None:
    page, stream = Page(_key), tracker()
    _append(data.draw, page)  # type: ignore[arg-type]
    for _ in range(data.draw(st.integers(1, 8))):
        data.draw(st.sampled_from(_CHANGES))(data.draw, page)  # type: ignore[arg-type]
        # A page's window follows the reader: it reaches into what was shown, or everything is shown.
        start = data.draw(st.integers(0, len(page.messages) - 1))
        stop = data.draw(st.integers(start + 1, len(page.messages)))
        part = {m.number for m in page.messages[start:stop]}
        if not page.known or part & page.known:
            look = page.window(start, stop)
            stream.see(look)
            assert stream.see(look) is None
            assert is_within([seen.text for seen in look.seen], shown(stream))
    _check_all(page, stream)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_late_older_parts_go_before_and_no_overlap_is_put_by_time(data: st.DataObject) -> None:
    page, stream = Page(data.draw(st.sampled_from([_key, _none])), timed=True), tracker()
    for number in range(data.draw(st.integers(4, 30))):
        page.append(data.draw(st.sampled_from([_telling(number), "ok"])))
    for start in data.draw(st.lists(st.integers(1, len(page.messages) - 1), max_size=8)):
        look = page.window(start, start + data.draw(st.integers(1, 6)))
        stream.see(look)
        assert stream.see(look) is None
        in_order = [m.text for m in page.messages if m.number in page.known]
        assert shown(stream) == in_order
    _check_all(page, stream)
    assert not stream.conversations[0].conversation.notes


def _none(_number: int) -> None:
    return None


@settings(max_examples=60, deadline=None)
@given(st.data(), st.booleans())
def test_without_keys_a_page_that_is_read_on_comes_out_right(data: st.DataObject, telling: bool) -> None:
    page, stream = Page(_none, telling=telling), tracker()
    for _ in range(3):
        _append(data.draw, page)  # type: ignore[arg-type]
    stream.see(page.window(0, len(page.messages)))
    for _ in range(data.draw(st.integers(1, 8))):
        change = data.draw(st.sampled_from(_CHANGES if telling else _KEYLESS))
        before = len(page.messages)
        change(data.draw, page)  # type: ignore[arg-type]
        # The extension sends what changed with what stands before it; a scrolled list sends a part that it showed.
        few = data.draw(st.integers(2, 6))
        start = max(0, before - few) if change is _append else 0
        look = page.window(start, len(page.messages))
        stream.see(look)
        assert stream.see(look) is None
        middle = data.draw(st.integers(0, len(page.messages) - 1))
        if any(m.text not in _SHORT for m in page.messages[middle : middle + few]):
            assert stream.see(page.window(middle, middle + few)) is None
    _check_all(page, stream)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_reload_with_other_keys_changes_nothing(data: st.DataObject) -> None:
    page, stream = Page(_key), tracker()
    for _ in range(4):
        _append(data.draw, page)  # type: ignore[arg-type]
    stream.see(page.window(0, len(page.messages)))
    for load in range(data.draw(st.integers(1, 4))):
        before = len(page.messages)
        _append(data.draw, page)  # type: ignore[arg-type]
        stream.see(page.window(max(0, before - 3), len(page.messages)))
        page.reload(lambda number, load=load: f"r{load}-{number}")  # type: ignore[misc]
        data.draw(st.sampled_from([_edit, _delete, lambda _draw, _page: None]))(data.draw, page)
        stream.see(page.window(0, len(page.messages)))
        _check_all(page, stream)


def _check_all(page: Page, stream: Tracker) -> None:
    """Shows the whole page: each message stands once, in its order; what was taken out of the page stays too."""
    known = any(m.number in page.known for m in page.messages)  # else it rightly is another conversation
    stream.see(page.window(0, len(page.messages)))
    assert stream.see(page.window(0, len(page.messages))) is None
    if not known:
        return
    assert len(stream.conversations) == 1
    there = shown(stream)
    assert is_within(page.texts, there)
    assert len(there) == len(page.known)
