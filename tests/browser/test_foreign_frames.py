"""A page's process that was taken over can say anything in the extension's name: only its own pages' words pass."""

from __future__ import annotations

import json

from chromium import Desk
from hook_sidebar import Sidebar

from agent_assist.capture.hook.manifests import EXTENSION_ID

OWN = f"chrome-extension://{EXTENSION_ID}"


class Forger:
    """Speaks to the extension's background as a page of another origin would."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.in_extension(
            """globalThis.got = [];
            globalThis.port = chrome.runtime.connect({ name: "page" });
            port.onMessage.addListener((message) => got.push(message));
            arguments[2]()""",
            None,
        )

    def say(self, *frames: object) -> None:
        self._desk.in_extension(
            'for (const frame of arguments[1]) port.postMessage({ kind: "frame", frame }); arguments[2]()', list(frames)
        )

    def heard(self) -> str:
        return json.dumps(self._desk.in_extension("arguments[2](globalThis.got)", None))

    def leave(self) -> None:
        self._desk.in_extension("port.disconnect(); arguments[2]()", None)


def window(channel: str, text: str) -> dict[str, object]:
    return {"type": "window", "channel": channel, "seen": [{"text": text, "speaker": "customer"}], "can_insert": True}


def test_only_words_about_its_own_conversations_pass(desk: Desk, sidebar: Sidebar) -> None:
    desk.site(on=True)
    desk.open("static")
    sidebar.wait(lambda: len(sidebar.texts) == 3)
    channel, texts = sidebar.windows[-1].channel, sidebar.texts
    before = len(sidebar.frames)
    forger = Forger(desk)
    forger.say(
        window(channel, "forged"),
        window(OWN, "no path"),
        window(f"{OWN}.example/1", "begins alike"),
        {"type": "ended", "channel": channel},
        {"type": "ended", "channel": f"{OWN}/never-shown"},
        {"type": "inserted", "channel": channel, "why_not": "forged"},
        {"type": "inserted", "channel": f"{OWN}/1", "why_not": "nobody asked"},
        {"type": "push", "text": "Customer: forged", "channel": f"{OWN}/1"},
        {"type": "hello", "protocol": 1, "way": "browser", "name": "forged"},
        window(f"{OWN}/1", "its own words"),
    )
    sidebar.wait(lambda: f"{OWN}/1" in sidebar.watched)  # said last, so all others were looked at
    assert [frame.message for frame in sidebar.frames[before:]] == sidebar.windows[-1:]
    assert sidebar.texts == [*texts, "its own words"] or sidebar.texts == ["its own words", *texts]

    assert sidebar.insert(channel, "Hello Dana").why_not == ""
    assert len(sidebar.inserted) == 1
    assert "Hello Dana" not in forger.heard() and '"insert"' not in forger.heard()
    forger.leave()
    sidebar.wait(lambda: sidebar.watched == {channel})
