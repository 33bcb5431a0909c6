"""Tells the browsers of this person which program the extension may speak to: native-messaging host manifests.

Where they belong: https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging and
https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Native_manifests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent_assist.capture.hook.launcher import launcher_path, replace_file, write_launcher
from agent_assist.errors import KnownError
from agent_assist.paths import Places

HOST = "org.agent_assist.host"
EXTENSION_ID = "aociemknnkcccmkbcapeldecjcofjkbd"
"""Of the extension in Chrome, Chromium and Edge; follows from the `key` in packaging/browser/manifest.json."""
FIREFOX_ID = "agent-assist@agent-assist.org"

_ORIGIN = f"chrome-extension://{EXTENSION_ID}/"


class Browser(StrEnum):
    """A browser that the extension runs in."""

    CHROME = "chrome"
    CHROMIUM = "chromium"
    EDGE = "edge"
    FIREFOX = "firefox"


class HookState(StrEnum):
    """How a browser's manifest stands."""

    INSTALLED = "installed"
    ABSENT = "not installed"
    ELSEWHERE = "points elsewhere"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Hooked:
    """A browser's manifest.

    Attributes:
        state: ELSEWHERE where it starts another installation, or this one with other data; BROKEN where it starts this
            one, but is out of date or what it starts is gone.
        file: where the manifest is, or would be.
    """

    browser: Browser
    state: HookState
    file: Path


_LINUX = {
    Browser.CHROME: "google-chrome",
    Browser.CHROMIUM: "chromium",
    Browser.EDGE: "microsoft-edge",
}
_MAC = {
    Browser.CHROME: "Google/Chrome/NativeMessagingHosts",
    Browser.CHROMIUM: "Chromium/NativeMessagingHosts",
    Browser.EDGE: "Microsoft Edge/NativeMessagingHosts",
    Browser.FIREFOX: "Mozilla/NativeMessagingHosts",
}
_REGISTRY = {
    Browser.CHROME: r"Software\Google\Chrome",
    Browser.CHROMIUM: r"Software\Chromium",
    Browser.EDGE: r"Software\Microsoft\Edge",
    Browser.FIREFOX: r"Software\Mozilla",
}


def extension_id(key: str) -> str:
    """The id that Chromium gives an extension with this public key (base64, DER), a letter a-p for each half byte."""
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def is_extension(callers: Sequence[str]) -> bool:
    """Whether a browser that starts the native host with these arguments does so for our extension."""
    return _ORIGIN in callers or FIREFOX_ID in callers


def found_browsers() -> tuple[Browser, ...]:
    """The browsers that this person has started before."""
    if sys.platform == "win32":
        return tuple(b for b in Browser if _has_registry_key(_REGISTRY[b]))
    return tuple(b for b in Browser if _own_folder(b).parent.is_dir())


def look(places: Places, browser: Browser, folder: Path | None = None) -> Hooked:
    """How a browser's manifest stands.

    Args:
        places: the installation that it should start.
        browser: which.
        folder: where it looks for manifests, where that is not the usual place (a profile of its own).
    """
    file = _file(places, browser, folder)
    return Hooked(browser, _state(places, browser, file, folder), file)


def install(places: Places, browser: Browser, folder: Path | None = None) -> Hooked:
    """Lets the extension in a browser start this installation; arguments as for `look`.

    Raises:
        KnownError: the manifest or what it starts cannot be written.
    """
    file = _file(places, browser, folder)
    try:
        launcher = write_launcher(places)
        content = json.dumps(_manifest(browser, launcher), indent=1, ensure_ascii=False).encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, content, mode=0o600)
        if sys.platform == "win32" and folder is None:
            _set_registry(browser, file)
    except UnicodeEncodeError as error:
        raise KnownError(
            f"A browser cannot start what lies in {places.home}: that name is not in UTF-8. Choose another data folder."
        ) from error
    except OSError as error:
        raise KnownError(
            f"The hook cannot be installed for {browser} ({error.strerror}). Check that you may write to {file.parent}."
        ) from error
    return look(places, browser, folder)


def remove(places: Places, browser: Browser, folder: Path | None = None) -> Hooked:
    """Takes away what `install` wrote for a browser, and nothing that points elsewhere; arguments as for `look`.

    Raises:
        KnownError: the manifest cannot be deleted.
    """
    found = look(places, browser, folder)
    if found.state not in (HookState.INSTALLED, HookState.BROKEN):
        return found
    try:
        if sys.platform == "win32" and folder is None:
            _delete_registry(browser)
        found.file.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(
            f"The hook cannot be removed for {browser} ({error.strerror}). Delete the file {found.file}."
        ) from error
    return look(places, browser, folder)


def _manifest(browser: Browser, launcher: Path) -> dict[str, object]:
    """What the browser reads."""
    callers = {"allowed_extensions": [FIREFOX_ID]} if browser is Browser.FIREFOX else {"allowed_origins": [_ORIGIN]}
    return {
        "name": HOST,
        "description": "Agent Assist: takes in the conversation that the extension shows it",
        "path": str(launcher),
        "type": "stdio",
        **callers,
    }


def _state(places: Places, browser: Browser, file: Path, folder: Path | None) -> HookState:
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return HookState.ABSENT
    except OSError:
        return HookState.BROKEN
    launcher = launcher_path(places)
    try:
        known = json.loads(content)
    except (ValueError, RecursionError):
        return HookState.ELSEWHERE  # not written by us
    if not isinstance(known, dict) or known.get("path") != str(launcher):
        return HookState.ELSEWHERE
    if sys.platform == "win32" and folder is None and _registry_value(browser) != str(file):
        return HookState.BROKEN
    whole = known == _manifest(browser, launcher) and os.access(launcher, os.X_OK)
    return HookState.INSTALLED if whole else HookState.BROKEN


def _file(places: Places, browser: Browser, folder: Path | None) -> Path:
    if folder is None and sys.platform == "win32":
        # Windows finds it through the registry; Chromium and Firefox read different manifests.
        return places.home / "browsers" / browser / f"{HOST}.json"
    return (folder or _own_folder(browser)) / f"{HOST}.json"


def _own_folder(browser: Browser) -> Path:
    """Where a browser of this person looks for manifests; the folder above is there once it was started."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _MAC[browser]
    if browser is Browser.FIREFOX:
        return Path.home() / ".mozilla" / "native-messaging-hosts"
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(config) / _LINUX[browser] / "NativeMessagingHosts"


if sys.platform == "win32":
    import winreg

    def _key(browser: Browser) -> str:
        return rf"{_REGISTRY[browser]}\NativeMessagingHosts\{HOST}"

    def _has_registry_key(name: str) -> bool:
        try:
            winreg.OpenKey(winreg.HKEY_CURRENT_USER, name).Close()
        except OSError:
            return False
        return True

    def _registry_value(browser: Browser) -> str:
        try:
            return winreg.QueryValue(winreg.HKEY_CURRENT_USER, _key(browser))
        except OSError:
            return ""

    def _set_registry(browser: Browser, file: Path) -> None:
        winreg.SetValue(winreg.HKEY_CURRENT_USER, _key(browser), winreg.REG_SZ, str(file))

    def _delete_registry(browser: Browser) -> None:
        with suppress(FileNotFoundError):
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, _key(browser))
