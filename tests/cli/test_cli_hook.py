"""`agent-assist hook install|remove|status`, and what `doctor` says of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli_runs import Cli, Ran, said_kindly

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.listener import Listener
from agent_assist.paths import Places
from agent_assist.settings import PROGRAMS, Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where Linux has its browsers")

MANIFEST = "NativeMessagingHosts/org.agent_assist.host.json"


@pytest.fixture
def chromium(own_folders: Path) -> Path:
    """The folder of a Chromium that was used before."""
    folder = own_folders / "chromium"
    folder.mkdir()
    return folder


def states(ran: Ran) -> dict[str, str]:
    return {row["browser"]: row["state"] for row in ran.json["browsers"]}


def test_installing_finds_the_browsers_and_lets_programs_in(cli: Cli, home: Places, chromium: Path) -> None:
    before = cli("hook", "status", "--json")
    assert set(states(before).values()) == {"not installed"}
    assert (before.json["programs"], before.json["running"]) == (False, False)
    ran = cli("hook", "install")
    assert ran.code == 0
    assert f"chromium   installed  {chromium / MANIFEST}" in ran.out
    assert "firefox" not in ran.out, "only browsers that were used"
    assert "may bring conversations from now on" in ran.err
    assert Settings(home.settings)[PROGRAMS]
    again = cli("hook", "install", "--json")
    assert (states(again), again.err) == ({"chromium": "installed"}, "")
    after = cli("hook", "status", "--json")
    assert states(after) == {
        "chrome": "not installed",
        "chromium": "installed",
        "edge": "not installed",
        "firefox": "not installed",
    }
    assert after.json["programs"]


def test_removing_leaves_the_option_and_says_so(cli: Cli, home: Places, chromium: Path) -> None:
    cli("hook", "install")
    ran = cli("hook", "remove")
    assert ran.code == 0
    assert "chromium   not installed" in ran.out
    assert "turned off in the window" in ran.err
    assert not (chromium / MANIFEST).exists()
    assert not (home.home / "native-host").exists()
    assert Settings(home.settings)[PROGRAMS]
    assert cli("hook", "remove").code == 0
    (home.home / "native-host").mkdir()
    said_kindly(cli("--quiet", "hook", "remove"), "cannot be deleted")


def test_one_browser_may_be_named(cli: Cli, home: Places) -> None:
    ran = cli("hook", "install", "--browser", "firefox", "--browser", "edge", "--browser", "edge", "--json")
    assert states(ran) == {"firefox": "installed", "edge": "installed"}
    ran = cli("hook", "remove", "--browser", "edge", "--json")
    assert states(ran) == {"edge": "not installed"}
    assert states(cli("hook", "status", "--browser", "firefox", "--json")) == {"firefox": "installed"}


def test_a_profile_of_its_own(cli: Cli, home: Places, tmp_path: Path) -> None:
    folder = tmp_path / "profile" / "NativeMessagingHosts"
    where = ("--browser", "chromium", "--folder", str(folder))
    assert states(cli("hook", "install", *where, "--json")) == {"chromium": "installed"}
    assert [f.name for f in folder.iterdir()] == ["org.agent_assist.host.json"]
    assert states(cli("hook", "status", "--browser", "chromium", "--json")) == {"chromium": "not installed"}
    assert states(cli("hook", "remove", *where, "--json")) == {"chromium": "not installed"}
    assert (home.home / "native-host").exists(), "another browser may still start it"
    assert cli("hook", "install", "--folder", str(folder)).code == 2


def test_what_is_wrong_is_one_sentence(cli: Cli, home: Places, chromium: Path) -> None:
    home.create()
    home.home.chmod(0o777)
    said_kindly(cli("hook", "install"), "Other users can write")
    assert not (chromium / MANIFEST).exists()
    home.home.chmod(0o700)
    chromium.rmdir()
    said_kindly(cli("hook", "install"), "No browser of yours", "chrome, chromium, edge, firefox")
    assert cli("hook").code == 2
    assert cli("hook", "install", "--browser", "lynx").code == 2


def test_what_points_elsewhere_is_told(cli: Cli, home: Places, chromium: Path) -> None:
    cli("hook", "install")
    (chromium / MANIFEST).write_text('{"path": "/opt/other"}')
    ran = cli("hook", "status", "--browser", "chromium")
    assert "points elsewhere" in ran.out and "-> it starts another installation" in ran.out
    (chromium / MANIFEST).unlink()
    cli("hook", "install")
    (home.home / "native-host").unlink()
    ran = cli("hook", "status", "--browser", "chromium")
    assert "broken" in ran.out and "-> install it again" in ran.out


def test_a_sidebar_that_runs_is_seen(cli: Cli, home: Places) -> None:
    home.create()
    listener = Listener(socket_path(home), lambda _caller, _message: None, lambda: None, "1")
    listener.start()
    try:
        assert cli("hook", "status", "--json").json["running"]
        assert "runs and takes them in" in cli("hook", "status").out
        rows = {row["name"]: row for row in cli("doctor", "--offline", "--json").json}
        assert "takes in what they bring" in rows["other programs"]["state"]
    finally:
        listener.close()


def test_doctor_tells_of_the_hook(cli: Cli, home: Places, chromium: Path) -> None:
    rows = {row["name"]: row for row in cli("doctor", "--offline", "--json").json}
    assert rows["browser hook"]["ok"] and "in no browser" in rows["browser hook"]["state"]
    assert "bring nothing" in rows["other programs"]["state"]
    cli("hook", "install")
    (home.home / "native-host").unlink()
    rows = {row["name"]: row for row in cli("doctor", "--offline", "--json").json}
    assert rows["browser hook"]["state"] == "chromium broken"
    assert "hook install" in rows["browser hook"]["advice"]
    assert "the sidebar does not run" in rows["other programs"]["state"]


def test_native_host_is_not_for_people(cli: Cli) -> None:
    said_kindly(cli("native-host"), "Only a browser starts this command")
