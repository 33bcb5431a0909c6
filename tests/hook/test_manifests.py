"""What tells a browser of this person which program the extension may speak to."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agent_assist
from agent_assist.capture.hook.launcher import launcher_path
from agent_assist.capture.hook.manifests import (
    EXTENSION_ID,
    FIREFOX_ID,
    HOST,
    Browser,
    HookState,
    extension_id,
    found_browsers,
    install,
    is_extension,
    look,
    remove,
)
from agent_assist.errors import KnownError
from agent_assist.paths import Places

EXTENSION = Path(agent_assist.__file__).parents[1] / "packaging" / "browser" / "manifest.json"
linux = pytest.mark.skipif(sys.platform != "linux", reason="where Linux has it")
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs no registry")


def content(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(file.read_text())
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "NativeMessagingHosts"


def test_the_ids_are_those_of_the_extension() -> None:
    manifest = json.loads(EXTENSION.read_text())
    assert extension_id(manifest["key"]) == EXTENSION_ID
    assert manifest["browser_specific_settings"]["gecko"]["id"] == FIREFOX_ID


@unix
@pytest.mark.parametrize("browser", Browser)
def test_a_browser_reads_what_it_needs(places: Places, browser: Browser) -> None:
    assert look(places, browser).state is HookState.ABSENT
    hooked = install(places, browser)
    assert hooked.state is HookState.INSTALLED
    assert hooked.file.name == f"{HOST}.json"
    found = content(hooked.file)
    callers = {k: found.pop(k) for k in ("allowed_origins", "allowed_extensions") if k in found}
    if browser is Browser.FIREFOX:
        assert callers == {"allowed_extensions": [FIREFOX_ID]}
    else:
        assert callers == {"allowed_origins": [f"chrome-extension://{EXTENSION_ID}/"]}
    assert (found["name"], found["type"], found["path"]) == (HOST, "stdio", str(launcher_path(places)))
    assert Path(str(found["path"])).is_absolute()


@linux
def test_the_folders_are_those_of_the_browsers(places: Places, own_folders: Path) -> None:
    files = {str(install(places, browser).file.parent.relative_to(own_folders)) for browser in Browser}
    assert files == {
        "google-chrome/NativeMessagingHosts",
        "chromium/NativeMessagingHosts",
        "microsoft-edge/NativeMessagingHosts",
        ".mozilla/native-messaging-hosts",
    }


@linux
def test_browsers_that_were_used_are_found(own_folders: Path) -> None:
    assert found_browsers() == ()
    (own_folders / "chromium").mkdir()
    (own_folders / ".mozilla").mkdir()
    assert found_browsers() == (Browser.CHROMIUM, Browser.FIREFOX)


@unix
def test_what_the_browser_starts_is_this_installation(places: Places, tmp_path: Path) -> None:
    odd = Places(tmp_path / 'it\'s a $HOME; "odd" `name` %d')
    odd.create()
    install(odd, Browser.CHROMIUM)
    launcher = launcher_path(odd)
    assert stat.S_IMODE(launcher.stat().st_mode) == 0o700
    done = subprocess.run([launcher, "other@example.org"], capture_output=True, text=True, cwd="/", timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not let in" in done.stderr
    done = subprocess.run([launcher, FIREFOX_ID], input="", capture_output=True, text=True, cwd="/", timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (odd.home / "hook.sock.lock").exists(), "the host listens nowhere"


def test_installing_again_changes_nothing(places: Places, folder: Path) -> None:
    first = install(places, Browser.CHROMIUM, folder)
    before = (first.file.read_bytes(), launcher_path(places).read_bytes())
    assert install(places, Browser.CHROMIUM, folder) == first
    assert (first.file.read_bytes(), launcher_path(places).read_bytes()) == before
    assert [f.name for f in folder.iterdir()] == [f"{HOST}.json"]


def test_foreign_files_stay_and_only_ours_goes(places: Places, folder: Path) -> None:
    folder.mkdir(parents=True)
    other = folder / "com.example.other.json"
    other.write_text("{}")
    install(places, Browser.CHROMIUM, folder)
    assert remove(places, Browser.CHROMIUM, folder).state is HookState.ABSENT
    assert remove(places, Browser.CHROMIUM, folder).state is HookState.ABSENT
    assert list(folder.iterdir()) == [other]
    assert other.read_text() == "{}"


@pytest.mark.parametrize("text", ['{"path": "/opt/other/host"}', "[]", "not JSON", "", "\x00", '{"path": 5}'])
def test_what_points_elsewhere_is_told_kept_and_replaced_only_by_installing(
    places: Places, folder: Path, text: str
) -> None:
    folder.mkdir(parents=True)
    file = folder / f"{HOST}.json"
    file.write_text(text)
    assert look(places, Browser.CHROMIUM, folder).state is HookState.ELSEWHERE
    assert remove(places, Browser.CHROMIUM, folder).state is HookState.ELSEWHERE
    assert file.read_text() == text
    assert install(places, Browser.CHROMIUM, folder).state is HookState.INSTALLED


def test_another_data_folder_is_elsewhere(places: Places, tmp_path: Path, folder: Path) -> None:
    other = Places(tmp_path / "other")
    other.create()
    install(places, Browser.CHROMIUM, folder)
    assert look(other, Browser.CHROMIUM, folder).state is HookState.ELSEWHERE
    install(other, Browser.CHROMIUM, folder)
    assert look(places, Browser.CHROMIUM, folder).state is HookState.ELSEWHERE
    remove(places, Browser.CHROMIUM, folder)
    assert look(other, Browser.CHROMIUM, folder).state is HookState.INSTALLED


def test_what_is_out_of_date_or_lost_its_program_is_broken(places: Places, folder: Path) -> None:
    file = install(places, Browser.CHROMIUM, folder).file
    launcher_path(places).unlink()
    assert look(places, Browser.CHROMIUM, folder).state is HookState.BROKEN
    install(places, Browser.CHROMIUM, folder)
    file.write_text(json.dumps({**content(file), "allowed_origins": ["chrome-extension://x/"]}))
    assert look(places, Browser.CHROMIUM, folder).state is HookState.BROKEN
    assert remove(places, Browser.CHROMIUM, folder).state is HookState.ABSENT


@unix
def test_what_cannot_be_written_is_one_sentence(places: Places, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="cannot be installed for chromium"):
        install(places, Browser.CHROMIUM, tmp_path / "file" / "hosts")
    (tmp_path / "hosts" / f"{HOST}.json").mkdir(parents=True)
    with pytest.raises(KnownError, match="cannot be installed for chromium"):
        install(places, Browser.CHROMIUM, tmp_path / "hosts")
    assert [f.name for f in (tmp_path / "hosts").iterdir()] == [f"{HOST}.json"], "nothing half written is left"
    assert look(places, Browser.CHROMIUM, tmp_path / "hosts").state is HookState.BROKEN


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_a_data_folder_that_no_manifest_can_name_is_one_sentence(tmp_path: Path, folder: Path) -> None:
    places = Places(tmp_path / "odd\udcff")
    places.create()
    with pytest.raises(KnownError, match="not in UTF-8"):
        install(places, Browser.CHROMIUM, folder)
    assert not folder.exists()


def test_callers_are_told_apart() -> None:
    assert is_extension([f"chrome-extension://{EXTENSION_ID}/"])
    assert is_extension(["/path/manifest.json", FIREFOX_ID])
    assert not is_extension([])
    assert not is_extension([EXTENSION_ID, f"chrome-extension://{EXTENSION_ID}", f"https://{EXTENSION_ID}/"])


@given(st.binary(min_size=1, max_size=400))
def test_every_id_has_32_letters_from_a_to_p(key: bytes) -> None:
    made = extension_id(base64.b64encode(key).decode())
    assert len(made) == 32
    assert set(made) <= set("abcdefghijklmnop")
