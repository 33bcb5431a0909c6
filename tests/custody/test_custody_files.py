"""What copies whole files beside what replaces them, and what is kept again on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from agent_assist.custody import Custody
from agent_assist.errors import Cancelled, Gone
from agent_assist.jobs import CancelToken
from agent_assist.records import Analysis, Conversation, Mood, Speaker, Turn

MakeCustody = Callable[[], Custody]


def small(identity: str = "c1") -> Analysis:
    turns = (Turn(0, Speaker.CUSTOMER, f"Where is my parcel {identity}?", "Zoe"), Turn(1, Speaker.AGENT, "On its way."))
    return Analysis(Conversation(identity, "plain", turns, "Zoe"), Mood((), (), None, None))


@pytest.mark.parametrize("change", ["rekey", "restore"])
def test_a_backup_under_way_gives_way_to_what_replaces_the_files(custody: Custody, change: str) -> None:
    custody.keep(small())
    first = custody.back_up()
    under_way, stopped, token = threading.Event(), threading.Event(), CancelToken()
    token.on_cancel(stopped.set)
    ended: list[str] = []

    def tell(_done: float) -> None:
        under_way.set()
        assert stopped.wait(20), "nobody stopped it"

    def back_up() -> None:
        try:
            custody.back_up(None, tell, token)
            ended.append("made")  # it was told to stop behind its last page
        except Cancelled:
            ended.append("given up")

    copying = threading.Thread(target=back_up)
    copying.start()
    assert under_way.wait(20)
    if change == "rekey":
        custody.rekey(None, lambda _done: None, CancelToken())
    else:
        assert custody.restore(first.path) == 1
    copying.join(20)
    assert not copying.is_alive()
    assert len(ended) == 1
    assert custody.load("c1").conversation.customer == "Zoe"
    assert custody.health().good


def test_what_another_window_erased_is_kept_again_only_on_purpose(custody: Custody, make_custody: MakeCustody) -> None:
    custody.keep(small())
    other = make_custody()
    other.open()
    other.erase("c1")
    with pytest.raises(Gone):
        custody.keep(small())
    assert not custody.find("")
    custody.keep_again("c1")
    custody.keep(small())
    assert [item.id for item in custody.find("")] == ["c1"]
