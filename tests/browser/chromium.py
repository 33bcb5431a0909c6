"""Debian's Chromium with the extension in it, and the pages of three desks on this machine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from agent_assist.capture.hook.manifests import EXTENSION_ID, Browser, install
from agent_assist.paths import Places

EXTENSION = Path(__file__).parents[2] / "packaging" / "browser"
PAGES = Path(__file__).parent / "pages"
PROGRAMS = ("chromium", "chromedriver")


class _Pages(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The origin at which a folder's files can be had."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, name="pages", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def copy_extension(folder: Path) -> Path:
    """The extension as it ships, but allowed on local pages: no test can answer the browser's own question."""
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("*.md"))
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["host_permissions"] = ["http://127.0.0.1/*"]
    file.write_text(json.dumps(manifest))
    return folder


def start(folder: Path, places: Places) -> Chrome:
    """A Chromium with a profile of its own that may start this product's native host."""
    profile, extension = folder / "profile", copy_extension(folder / "extension")
    install(places, Browser.CHROMIUM, profile / "NativeMessagingHosts")
    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1000,760",
        f"--user-data-dir={profile}",
        f"--load-extension={extension}",
        f"--disable-extensions-except={extension}",
    ):
        options.add_argument(argument)
    options.add_experimental_option("excludeSwitches", ["enable-automation", "disable-extensions"])
    home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    service = Service(str(shutil.which("chromedriver")), env={**os.environ, **home})
    return Chrome(options, service)


class Desk:
    """A page of a desk in one tab, and the extension's own page in another."""

    def __init__(self, driver: Chrome, origin: str) -> None:
        self.driver, self.origin = driver, origin
        self._runs = count(1)
        self.tab = driver.current_window_handle
        driver.switch_to.new_window("tab")
        self._control = driver.current_window_handle
        driver.get(f"chrome-extension://{EXTENSION_ID}/popup.html")
        driver.switch_to.window(self.tab)

    def site(self, **changes: object) -> None:
        """Changes what the agent decided for the pages' site; nothing given: forgets it."""
        self.in_extension(
            """const [origin, changes, done] = arguments, key = `site:${origin}`;
            (async () => {
              if (!changes) return chrome.storage.local.clear();
              const known = (await chrome.storage.local.get(key))[key];
              await chrome.storage.local.set({ [key]: { ...known, ...changes } });
            })().then(done);""",
            changes or None,
        )

    def stored(self) -> dict[str, object]:
        """What is kept of the site."""
        found = self.in_extension("chrome.storage.local.get(`site:${arguments[0]}`).then(arguments[2])", None)
        assert isinstance(found, dict)
        kept = found.get(f"site:{self.origin}", {})
        assert isinstance(kept, dict)
        return kept

    def badge(self) -> str:
        """The words on the toolbar's icon for the page."""
        found = self.in_extension(
            """chrome.tabs.query({ url: "http://127.0.0.1/*" })
              .then(([tab]) => chrome.action.getBadgeText({ tabId: tab.id })).then(arguments[2])""",
            None,
        )
        return str(found)

    def stop_background(self) -> None:
        """Stops the extension's service worker, as the browser does when it is short of memory."""
        self.driver.switch_to.window(self._control)
        self.driver.execute_cdp_cmd("ServiceWorker.enable", {})
        self.driver.execute_cdp_cmd("ServiceWorker.stopAllWorkers", {})
        self.driver.switch_to.window(self.tab)

    def popup(self) -> None:
        """Goes to the popup of the page, in the other tab."""
        number = self.in_extension(
            'chrome.tabs.query({ url: "http://127.0.0.1/*" }).then(([tab]) => arguments[2](tab.id))', None
        )
        self.driver.switch_to.window(self._control)
        self.driver.get(f"chrome-extension://{EXTENSION_ID}/popup.html?tab={number}")

    def in_extension(self, script: str, argument: object) -> object:
        """Runs a script in the extension's own page; it is given the pages' origin, the argument, and whom to tell."""
        self.driver.switch_to.window(self._control)
        found: object = self.driver.execute_async_script(script, self.origin, argument)
        self.driver.switch_to.window(self.tab)
        return found

    def open(self, page: str, query: str = "") -> None:
        """Loads a page with its first messages."""
        self.driver.get(f"{self.origin}/{page}.html?run={next(self._runs)}{query}")

    def run(self, script: str, *arguments: object) -> object:
        """Runs a script in the page."""
        found: object = self.driver.execute_script(script, *arguments)
        return found
