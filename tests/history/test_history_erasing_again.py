"""What was erased is not saved again unasked, whoever erased it; asked for, it is, and another of its id always is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from test_history_erasing import ENVIRONMENT, ids, of

from agent_assist.errors import Gone
from agent_assist.history import History
from agent_assist.paths import Places

KEY = b"k" * 32
_CHILD = """
import sys
from pathlib import Path
from agent_assist.history import History
from agent_assist.paths import Places
with History.open(Places(Path(sys.argv[1])), key=b"k" * 32) as history:
    history.delete(sys.argv[2])
"""


def here(history: History, _places: Places) -> None:
    history.delete("a")


def elsewhere(_history: History, places: Places) -> None:
    command = [sys.executable, "-c", _CHILD, str(places.home), "a"]
    subprocess.run(command, env={**os.environ, **ENVIRONMENT}, check=True, timeout=60)


@pytest.mark.parametrize("loaded", [False, True], ids=["saved before", "loaded before"])
@pytest.mark.parametrize("erase", [here, elsewhere])
def test_what_was_erased_is_saved_again_only_on_purpose(
    places: Places, erase: Callable[[History, Places], None], loaded: bool
) -> None:
    shown = of("Anna", "a", "Hello", "Where is it?")
    more = of("Anna", "a", "Hello", "Where is it?", "Still nothing")
    with History.open(places, key=KEY) as history:
        history.save(shown)
        if loaded:
            history.close()
            history = History.open(places, key=KEY)  # as after a restart
            history.load("a")
        erase(history, places)
        for again in (more, shown, of("Anna", "a", "Where is it?", "Still nothing")):
            with pytest.raises(Gone, match="was erased"):
                history.save(again)
        assert history.list() == []
        assert history.customers() == []
        history.save(more, anew=True)
        history.save(of("Anna", "a", "Hello", "Where is it?", "Still nothing", "At last"))
        assert [(item.id, item.turns) for item in history.list()] == [("a", 4)]
        history.close()


def test_a_fresh_process_saves_what_another_erased(places: Places) -> None:
    with History.open(places, key=KEY) as history:
        history.save(of("Anna", "a"))
        elsewhere(history, places)
    with History.open(places, key=KEY) as history:
        history.save(of("Anna", "a"))
        assert ids(history) == {"a"}


def test_another_conversation_of_an_erased_one_s_id_is_saved(history: History) -> None:
    history.save(of("Anna", "1", "Hello", "Where is my parcel?", "Thanks"))
    history.delete("1")
    history.save(of("Ben", "1", "Hello", "My kettle leaks", "It does", "Every day"))
    assert [item.customer for item in history.list()] == ["Ben"]
    with pytest.raises(Gone):
        history.save(of("Anna", "1", "Hello", "Where is my parcel?", "Thanks"))
    assert [(item.id, item.customer) for item in history.list()] == [("1", "Ben")], "a refused save moves nothing"


def test_what_another_process_keeps_again_is_kept_here_too(places: Places) -> None:
    shown = of("Anna", "a", "Hello", "Where is it?")
    with History.open(places, key=KEY) as one, History.open(places, key=KEY) as other:
        one.save(shown)
        other.load("a")
        other.delete("a")
        other.save(shown, anew=True)
        one.save(replace(shown, conversation=of("Anna", "a", "Hello", "Where is it?", "Well?").conversation))
        assert [(item.id, item.turns) for item in one.list()] == [("a", 3)]
