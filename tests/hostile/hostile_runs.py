"""Runs the command line on hostile text: what it printed for each payload."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agent_assist

ROOT = Path(agent_assist.__file__).parents[1]
DEFAULT = "qwen2.5-coder-1.5b"
MINUTES = 30
"""For all payloads on two cores, with room for a busy machine."""

Object = dict[str, Any]


@dataclass(frozen=True)
class Payload:
    """A hostile text, where it is put, and what must not come of it."""

    id: str
    where: str
    text: str
    claims: tuple[str, ...] = ()
    canary: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.id.rpartition("-")[0]


def _payloads() -> list[Payload]:
    tree = tomllib.loads((Path(__file__).parent / "payloads.toml").read_text(encoding="utf-8"))
    return [
        Payload(p["id"], p["where"], p["text"], tuple(p.get("claims", ())), tuple(p.get("canary", ())))
        for p in tree["payload"]
    ]


PAYLOADS = _payloads()


def sample() -> list[Payload]:
    """One of each family and a second of the richest: the same ones each time."""
    first = {p.family: p for p in reversed(PAYLOADS)}
    second = [p for p in PAYLOADS if p.id in ("approvals-5", "tokens-5", "orders-6", "files-6")]
    return [p for p in PAYLOADS if p in first.values() or p in second]


def run(payloads: list[Payload], folder: Path, *options: str, **environment: str) -> dict[str, Object]:
    """What `analyze` prints for each payload, by its id."""
    lines = "".join(json.dumps(line(p)) + "\n" for p in payloads if p.where != "file")
    found = [json.loads(line) for line in _analyze(lines, folder, "--lines", *options, **environment).splitlines()]
    made = {one["conversation"]["id"]: one for one in found}
    for n, payload in enumerate(p for p in payloads if p.where == "file"):
        place = folder / f"files-{n}"
        place.mkdir()
        (place / payload.text).write_text(_CHAT, encoding="utf-8")
    files = {str(folder / f"files-{n}" / p.text): p for n, p in enumerate(p for p in payloads if p.where == "file")}
    if files:
        printed = _analyze("", folder, "--json", "--no-save", *options, *files, **environment)
        made |= {p.id: one for p, one in zip(files.values(), _objects(printed), strict=True)}
    return made


_CHAT = (
    "Customer: My kettle, order K-77120, came with a broken lid and it leaks.\n"
    "Agent: I'm sorry to hear that. Which colour is it?\n"
    "Customer: The blue one. What happens now?\n"
)


def line(payload: Payload) -> Object:
    """The JSON line of a conversation that holds the payload; a file's name has no place in it."""
    told = "The blue one. " + payload.text if payload.where == "turn" else "The blue one. What happens now?"
    turns: list[Object] = [
        {"speaker": "customer", "text": "My kettle, order K-77120, came with a broken lid and it leaks."},
        {"speaker": "agent", "text": "I'm sorry to hear that. Which colour is it?"},
        {"speaker": "customer", "text": told},
    ]
    if payload.where == "name":
        turns = [{**turn, "name": payload.text} if turn["speaker"] == "customer" else turn for turn in turns]
    record = {"record": {"plan": payload.text, payload.text: "yes"}} if payload.where == "record" else {}
    return {"id": payload.id, "turns": turns, **record}


def _analyze(stdin: str, folder: Path, *options: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", str(folder / "data"), "--quiet", "analyze", *options],
        input=stdin.encode(),
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60 * MINUTES,
        cwd=folder,
    )
    told = done.stderr.decode()
    assert done.returncode == 0, told
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told), "it reached the terminal"
    return done.stdout.decode()


def _objects(printed: str) -> list[Object]:
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(printed):
        one, at = decoder.raw_decode(printed, at)
        found.append(one)
        at += len(printed[at:]) - len(printed[at:].lstrip())
    return found
