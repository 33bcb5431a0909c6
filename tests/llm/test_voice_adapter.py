"""Our voice: an adapter changes what the model writes, and only a whole one for this very model is ever loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from io import BufferedReader
from multiprocessing import get_context
from pathlib import Path

import pytest
from adapter_file import write_adapter
from bad_children import name_the_voice_once_plain
from llm_world import BRANCHES, CHAT, ask, model_file, worker_engine
from voice_child import read_then_answer

from agent_assist.engines import Engines, find_recipe
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import Message, Role
from agent_assist.llm.shelf import Shelf
from agent_assist.llm.voices import FoundVoice, Voices, VoiceState
from agent_assist.paths import Places
from agent_assist.settings import MODEL, THREADS, VOICE, Settings
from models import catalog
from models.catalog import Catalog, Entry, Voice

NAME = "smollm2-135m"
LONG = (*CHAT, Message(Role.USER, "It was to be a present. " * 16))


def entry_with(voice: Path) -> Entry:
    """The small model's entry, with a voice."""
    data = voice.read_bytes()
    made = Voice(voice.name, len(data), hashlib.sha256(data).hexdigest())
    return replace(catalog.load().get(NAME), voice=made)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random adapter, written once: nothing changes it."""
    return write_adapter(tmp_path_factory.mktemp("voices") / f"{NAME}.gguf")


# --- the file


@pytest.fixture
def own(voice: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    copy = tmp_path / voice.name
    copy.write_bytes(voice.read_bytes())
    return copy


def test_a_whole_voice_may_be_loaded(places: Places, voice: Path) -> None:
    assert Voices(places, voice.parent).find(entry_with(voice)) == FoundVoice(NAME, VoiceState.READY, voice)


def test_a_model_without_a_voice_has_no_problem(places: Places, voice: Path) -> None:
    found = Voices(places, voice.parent).find(replace(entry_with(voice), voice=None))
    assert (found.state, found.path, found.whole, found.problem) == (VoiceState.NONE, None, True, "")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("break_it", "state"),
    [
        (Path.unlink, VoiceState.MISSING),
        (_flip, VoiceState.DAMAGED),
        (lambda path: path.write_bytes(b"GGUF"), VoiceState.DAMAGED),
        (lambda path: (path.unlink(), path.mkdir()), VoiceState.DAMAGED),
    ],
)
def test_one_that_is_not_whole_is_refused_and_named(
    places: Places, own: Path, break_it: Callable[[Path], object], state: VoiceState
) -> None:
    entry = entry_with(own)
    shelf = Shelf(places, Catalog((entry,)), voices=own.parent)
    assert shelf.voice(NAME) == own
    break_it(own)
    found = shelf.find_voice(NAME)
    assert (found.state, found.whole) == (state, False)
    assert NAME in found.problem and state.value in found.problem
    assert shelf.voice(NAME) is None


def test_it_is_hashed_once(places: Places, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, digest = entry_with(own), hashlib.file_digest
    hashed: list[str] = []

    def watched(file: BufferedReader, kind: str) -> object:
        hashed.append(kind)
        return digest(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", watched)
    for _ in range(2):
        assert Voices(places, own.parent).find(entry).state is VoiceState.READY
    assert len(hashed) == 1
    own.touch()
    Voices(places, own.parent).find(entry)
    assert len(hashed) == 2, "a file that was written to is looked at again"


def test_without_a_data_folder_none_is_made(own: Path, tmp_path: Path) -> None:
    places = Places(tmp_path / "not made")
    assert Voices(places, own.parent).find(entry_with(own)).state is VoiceState.READY
    assert not places.home.exists()


def test_every_voice_that_ships_is_whole(places: Places) -> None:
    shelf = Shelf(places)
    assert [found.problem for e in shelf.catalog if (found := shelf.find_voice(e.name)).problem] == []


# --- in the worker


@pytest.fixture(scope="module")
def voiced(voice: Path) -> Iterator[WorkerEngine]:
    engine = worker_engine(voice=voice)
    yield engine
    engine.close()


def test_an_engine_knows_before_it_loads(voice: Path, tmp_path: Path) -> None:
    model = tmp_path / "not there.gguf"
    assert WorkerEngine(NAME, model, "chatml", 1024, voice=voice).voice
    assert not WorkerEngine(NAME, model, "chatml", 1024).voice


def test_it_is_kept_where_the_processors_special_units_fail(tmp_path: Path) -> None:
    model, voice = tmp_path / "model.gguf", tmp_path / "voice.gguf"
    model.touch()
    with closing(WorkerEngine(NAME, model, "chatml", 1024, 1, name_the_voice_once_plain, voice)) as engine:
        with pytest.raises(KnownError, match=r"voice\.gguf"):
            ask(engine)
        assert engine.voice


@pytest.mark.llm
def test_the_answers_change_with_it(smollm: WorkerEngine, voiced: WorkerEngine) -> None:
    plain, changed = ask(smollm, BRANCHES)[0].texts, ask(voiced, BRANCHES)[0].texts
    assert [key for key in plain if plain[key] == changed[key]] == []


@pytest.mark.llm
def test_one_that_adds_nothing_changes_nothing(smollm: WorkerEngine, tmp_path: Path) -> None:
    smollm.close()  # what was read in other portions is not the same to the last bit
    with closing(worker_engine(voice=write_adapter(tmp_path / "none.gguf", strength=0))) as engine:
        assert ask(engine, BRANCHES)[0].texts == ask(smollm, BRANCHES)[0].texts


@pytest.mark.llm
def test_what_is_read_with_it_is_kept_and_comes_back_with_it(voiced: WorkerEngine, voice: Path) -> None:
    first, second = LONG, (CHAT[0], *LONG[2:])
    with closing(worker_engine(voice=voice)) as fresh:
        expected = ask(fresh, BRANCHES, first)[0].texts
    voiced.close()
    ask(voiced, BRANCHES, first)
    ask(voiced, BRANCHES, second)
    back = ask(voiced, BRANCHES, first)[0]
    assert back.stats.restored_tokens > 0
    assert back.texts == expected


@pytest.mark.llm
def test_a_conversation_is_read_without_it_and_answered_with_it(voice: Path) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as child:
        plain, quiet, loud = child.map(read_then_answer, [model_file()] * 3, [None, voice, voice], [True, False, True])
    assert plain == quiet
    assert loud[0] == plain[0]
    assert loud[1] != plain[1]


@pytest.mark.llm
def test_one_for_another_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with closing(worker_engine(voice=write_adapter(tmp_path / "other.gguf", inner=512))) as engine:
        with pytest.raises(KnownError, match=r"voice other.gguf cannot be loaded.*llm\.voice"):
            ask(engine, BRANCHES)
        assert engine.process_id is None


# --- switched on and off


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(tmp_path / "settings.toml")
    settings.set(MODEL, NAME)
    settings.set(THREADS, 1)
    return settings


@pytest.fixture
def shelf(tmp_path: Path, own: Path) -> Shelf:
    """The real small model on the shelf, and a voice for it."""
    places = Places(tmp_path / "data", carried_models=model_file().parent)
    places.create()
    return Shelf(places, Catalog((entry_with(own),)), voices=own.parent)


@pytest.mark.llm
def test_switched_off_the_next_answer_is_the_models_own(shelf: Shelf, settings: Settings, smollm: WorkerEngine) -> None:
    smollm.close()
    own = ask(smollm, BRANCHES, LONG)[0].texts
    with closing(Engines(shelf, settings)) as engines:
        said = []
        for on in (True, False, True):
            settings.set(VOICE, on)
            engine = engines.get(CancelToken())
            assert engine is engines.get(CancelToken())
            assert engine.voice is on
            result = ask(engine, BRANCHES, LONG)[0]
            assert result.stats.cached_tokens == 0, "nothing that was read otherwise is used"
            said.append(result.texts)
    assert said == [said[0], own, said[0]]
    assert [key for key in own if own[key] == said[0][key]] == []


@pytest.mark.llm
def test_a_damaged_voice_stands_in_the_way_of_nothing(shelf: Shelf, settings: Settings, own: Path) -> None:
    recipe = find_recipe(shelf, settings, CancelToken())
    assert (recipe.voice, recipe.engine().voice) == (own, True)
    _flip(own)
    recipe = find_recipe(shelf, settings, CancelToken())
    assert (recipe.voice, recipe.engine().voice) == (None, False)
