"""Every test lives in temporary folders and has no keyring, unless it brings its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from agent_assist.paths import MODELS_VARIABLE, Places

SHELF = os.environ.get(MODELS_VARIABLE)
"""Folder of real language models, as `make test` gives it; read only."""

# Continuous integration tries the same examples each time; on a desk every run looks at new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Points every way to a user's folders at a temporary one."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    run = home / "run"  # sockets lie there where the data folder's path is too long for one
    run.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    monkeypatch.setenv("AGENT_ASSIST_HOME", str(home / "data"))
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    for name in ("AGENT_ASSIST_PASSPHRASE", "AGENT_ASSIST_NEW_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    # A policy of the machine that the tests run on is none of theirs.
    monkeypatch.setattr("agent_assist.privacy.policy.place.system_folder", lambda: home / "etc")
    return home


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """An installation of its own, with its data folder made."""
    places = Places(tmp_path / "data")
    places.create()
    return places


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fails a test that leaves a lane running."""
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and t.name.startswith("lane-") and t.is_alive()]
    assert not left, f"lanes still running: {left}"


@pytest.fixture
def shelf() -> Path:
    """The folder of real language models; skips the test where there is none."""
    if SHELF is None or not Path(SHELF).is_dir():
        pytest.skip(f"no language models: run make test, or set {MODELS_VARIABLE} to a folder of GGUF files")
    return Path(SHELF)
