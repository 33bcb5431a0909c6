"""One browser for all tests of this room; each test has its own pages, storage and stream."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from chromium import PAGES, PROGRAMS, Desk, served, start
from hook_sidebar import Sidebar
from selenium.webdriver import Chrome

from agent_assist.paths import Places

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Takes a line with what was measured; all of them stand at the end of the run."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures: list[str] = terminalreporter.config.stash.setdefault(FIGURES, [])
    for line in sorted(figures):
        terminalreporter.write_line(f"browser hook: {line}")


@pytest.fixture(scope="session")
def browser_places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = Places(tmp_path_factory.mktemp("hook") / "data")
    places.create()
    return places


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory, browser_places: Places) -> Iterator[Chrome]:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian's packages chromium and chromium-driver)")
    driver = start(tmp_path_factory.mktemp("browser"), browser_places)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def opened(chromium: Chrome) -> Iterator[Desk]:
    with served(PAGES) as origin:
        yield Desk(chromium, origin)


@pytest.fixture(scope="session")
def listening(browser_places: Places) -> Iterator[Sidebar]:
    sidebar = Sidebar(browser_places)
    yield sidebar
    sidebar.close()


@pytest.fixture
def sidebar(listening: Sidebar, desk: Desk) -> Sidebar:
    listening.wait(lambda: not listening.watched)  # the page of the test before
    listening.forget()
    return listening


@pytest.fixture
def desk(opened: Desk) -> Iterator[Desk]:
    opened.driver.get("about:blank")
    opened.site()
    yield opened
    opened.driver.get("about:blank")
