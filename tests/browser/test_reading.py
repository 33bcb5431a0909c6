"""What the reader makes of markup that no rule knows; its scripts run in the page here, without the extension."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import EXTENSION, served
from selenium.webdriver import Chrome

SCRIPTS = ["words", "dom", "selectors", "sites", "guessing", "speakers", "reading"]
READ = """
const area = document.getElementById("log"), { guessing, reading, selectors } = agentAssist;
const item = guessing.itemSelector(area), { chain, likely } = guessing.areasAround(area.querySelector(".here"));
const { seen } = new reading.Reader(area, { item }).read();
const told = seen.map((each) => [each.speaker ?? null, each.text]);
return [told, selectors.pathTo(chain[likely]), seen.map((each) => each.key ?? null)];
"""

PAGES = {
    "groups, with a ruler, names, times and somebody typing": (
        """<div id=log style="height: 300px; overflow: auto"><div class="day-divider">Today</div>
        <div class="group incoming"><span class="sender-name">Kim</span>
          <div class="msg"><p class=here>Hi there</p><span class="msg-time">10:02</span></div>
          <div class="msg"><p>It broke</p></div></div>
        <div class="group outgoing">
          <div class="msg"><p>Sorry</p><button>Like</button><span class="msg-status">Read</span></div></div>
        <div class="msg typing"><p>Kim is typing</p></div></div>""",
        [["customer", "Hi there"], ["customer", "It broke"], ["agent", "Sorry"]],
    ),
    "only generated classes: the sides tell who wrote": (
        """<div id=log style="width: 600px">
        <div class="css-1ab2c3" style="text-align: left">
          <div class="bdVaJa here">Where is it?</div><div class="kXhTz1">10:02</div></div>
        <div class="css-1ab2c3" style="text-align: right">
          <div class="bdVaJa">On its way.</div><div class="kXhTz1">10:03 pm</div></div>
        <div class="css-1ab2c3" style="text-align: left"><div class="bdVaJa">10:30</div></div></div>""",
        [["customer", "Where is it?"], ["agent", "On its way."], ["customer", "10:30"]],
    ),
    "the newest first in the tree, and last in sight": (
        """<div id=log role=log style="display: flex; flex-direction: column-reverse; height: 200px; overflow: auto">
        <article data-message-id=3 data-author-type=customer>third</article>
        <article data-message-id=2 data-author-type=admin>second</article>
        <article data-message-id=1 data-author-type=user class=here>first<br>line two</article></div>""",
        [["customer", "first\nline two"], ["agent", "second"], ["customer", "third"]],
    ),
    "a bot, the system, a note between agents and a picture": (
        """<div id=log><div class="message message--bot here">I am Botty</div>
        <div class="message message--visitor">a <b>b</b> <img alt="😀"><img alt="a photo"></div>
        <div class="message message--system">Priya joined</div>
        <div class="message message--agent private-note">secret</div>
        <div class="message message--visitor" style="display: none">not shown</div></div>""",
        [["bot", "I am Botty"], ["customer", "a b 😀"], ["system", "Priya joined"]],
    ),
    "a page in one form, with fields that stand in for its properties": (
        """<form><input name=id><input name=parentElement><input name=role><input name=parentNode>
        <div id=log><div class="entry visitor here">in a form</div><div class="entry agent">yes</div></div></form>""",
        [["customer", "in a form"], ["agent", "yes"]],
    ),
    "right to left: the agent's own side is the left one": (
        """<div id=log dir=rtl style="width: 600px"><div class="css-1ab2c3 here" style="text-align: right">שלום</div>
        <div class="css-1ab2c3" style="text-align: left">hello</div></div>""",
        [["customer", "שלום"], ["agent", "hello"]],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_unknown_markup_is_read(chromium: Chrome, tmp_path: Path, name: str) -> None:
    html, expected = PAGES[name]
    scripts = "".join(f"<script src='extension/content/{each}.js'></script>" for each in SCRIPTS)
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8><title>x</title>{html}{scripts}", "utf-8")
    (tmp_path / "extension").symlink_to(EXTENSION)
    with served(tmp_path) as origin:
        chromium.get(f"{origin}/page.html")
        seen, area, keys = chromium.execute_script(READ)
        chromium.get("about:blank")
    assert seen == expected
    assert area == "#log", "pointing at a message does not propose the conversation"
    assert keys == (["1", "2", "3"] if "data-message-id" in html else [None] * len(expected))
