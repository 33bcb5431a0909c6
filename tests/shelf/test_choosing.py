from __future__ import annotations

import pytest
from shelf_world import Web, catalogue, entry_text

from agent_assist.errors import KnownError
from agent_assist.llm.shelf import Memory, Shelf, machine_memory
from agent_assist.paths import Places

GB = 1_000_000_000


def three(*, packages: bool = True) -> tuple[str, ...]:
    return (
        entry_text("big", b"GGUF big", rank=3, memory_mb=4000, purpose="recommended", packages=False),
        entry_text("small", b"GGUF small", rank=2, memory_mb=1000, purpose="small", packages=packages),
        entry_text("probe", b"GGUF probe", rank=1, memory_mb=100, purpose="test", packages=packages),
    )


def chooser(places: Places, total: int, available: int) -> Shelf:
    places.models.mkdir(exist_ok=True)
    for name in ("big", "small", "probe"):
        (places.models / f"{name}.gguf").write_bytes(f"GGUF {name}".encode())
    return Shelf(places, catalogue(*three()), memory=lambda: Memory(total, available))


@pytest.mark.parametrize(
    ("available", "preferred", "chosen"),
    [
        (8 * GB, "", "big"),
        (4 * GB, "", "big"),
        (4 * GB - 1, "", "small"),
        (8 * GB, "small", "small"),
        (8 * GB, "probe", "probe"),
        (GB // 2, "big", "big"),
    ],
)
def test_the_best_that_free_memory_allows_is_chosen(
    places: Places, available: int, preferred: str, chosen: str
) -> None:
    assert chooser(places, 16 * GB, available).choose(preferred).name == chosen


def test_too_little_memory_is_said_in_numbers(places: Places) -> None:
    with pytest.raises(KnownError, match="Tiny small needs 1,000 MB of free memory and 999 MB are free"):
        chooser(places, 16 * GB, GB - 1).choose()


def test_a_preferred_model_that_is_gone_gives_way_to_the_best(places: Places) -> None:
    shelf = chooser(places, 16 * GB, 8 * GB)
    shelf.remove("big")
    assert shelf.choose("big").name == "small"


def test_a_test_model_alone_is_not_chosen(places: Places) -> None:
    shelf = chooser(places, 16 * GB, 8 * GB)
    shelf.remove("big")
    shelf.remove("small")
    with pytest.raises(KnownError, match="No language model is installed"):
        shelf.choose()


def test_the_best_that_the_machine_carries_is_recommended(places: Places) -> None:
    for total, best in ((16 * GB, "big"), (2 * GB, "small")):
        assert chooser(places, total, 0).recommended().name == best
    with pytest.raises(KnownError, match="fits into the 500 MB"):
        chooser(places, GB // 2, 0).recommended()


def test_a_model_that_nobody_delivers_is_not_recommended(web: Web, places: Places) -> None:
    memory = Memory(16 * GB, 8 * GB)
    assert Shelf(places, catalogue(*three(), hub=web.url), memory=lambda: memory).recommended().name == "big"
    assert Shelf(places, catalogue(*three()), memory=lambda: memory).recommended().name == "small"
    with pytest.raises(KnownError, match="No source of a language model can be reached"):
        Shelf(places, catalogue(*three(packages=False)), memory=lambda: memory).recommended()


def test_the_memory_of_this_machine_makes_sense() -> None:
    memory = machine_memory()
    assert 0 < memory.available <= memory.total
