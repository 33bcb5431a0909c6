"""The command-line contract, field by field: `check` fails on any key too many, missing, mistyped or out of range."""

from __future__ import annotations

import re
from typing import Any

LABELS = ["anger", "frustration", "confusion", "stress", "sadness", "satisfaction", "neutral"]
WAYS = {"paste", "file", "browser", "clipboard", "selection", "folder", "push", "chatwoot", "zammad"}
SPEAKERS = {"customer", "agent", "bot", "system"}
FACTS = {"order_id", "amount", "date", "duration", "email", "phone", "link", "reference", "product"}
PILLARS = ["listen", "own", "resolve", "follow_up"]
HEAD = ["conversation", "turns", "spikes", "recoveries", "vulnerable", "sentiment_shift", "escalation_risk"]
HARD_LIVES = {"bereavement", "illness", "self_harm", "hardship", "abuse"}
LLM = ["summary", "next_actions", "tactic", "replies", "context", "model", "notes"]

Object = dict[str, Any]


def check(found: Object, *, llm: bool = False, fine: bool = False) -> None:
    """Fails where an object that `analyze` printed is not what the contract promises."""
    beside = ["asides"] if "asides" in found else []
    assert list(found) == [*HEAD[:2], *beside, *HEAD[2:], *(LLM if llm else ()), "timings"]
    turns = found["turns"]
    if beside:
        _asides(found["asides"], len(turns))
    _conversation(found["conversation"], len(turns))
    for i, turn in enumerate(turns):
        _turn(turn, i, fine)
    for spike in found["spikes"]:
        _spike(spike, turns)
    for recovery in found["recoveries"]:
        _recovery(recovery, turns)
    for hard_life in found["vulnerable"]:
        _vulnerable(hard_life, turns)
    assert len({v["kind"] for v in found["vulnerable"]}) == len(found["vulnerable"])
    customer = [t for t in turns if t["emotion"] and t["emotion"]["label"] != "unread"]
    _number(found["sentiment_shift"], -1, 1, optional=len(customer) < 3)
    _number(found["escalation_risk"], 0, 1, optional=not customer)
    timings = ["emotion_ms", "first_token_ms", "assist_ms"] if llm else ["emotion_ms"]
    assert list(found["timings"]) == timings
    for value in found["timings"].values():
        _number(value, 0, 600_000)
    if llm:
        _assist(found, len(turns))


def _conversation(found: Object, turns: int) -> None:
    assert list(found) == ["id", "source", "customer", "turns", "notes"]
    _text(found["id"])
    _text(found["source"])
    _text(found["customer"], optional=True)
    assert found["turns"] == turns
    for note in found["notes"]:
        _text(note)


def _turn(found: Object, i: int, fine: bool) -> None:
    via = ["via"] if "via" in found else []
    assert list(found) == ["i", "speaker", "name", "at", "text", *via, "emotion"]
    assert found.get("via", "paste") in WAYS
    assert found["i"] == i
    assert found["speaker"] in SPEAKERS
    _text(found["name"], optional=True)
    _text(found["at"], optional=True)
    _text(found["text"])
    assert (found["emotion"] is not None) == (found["speaker"] == "customer")
    if found["emotion"] is not None:
        _emotion(found["emotion"], fine)


def _asides(found: list[Object], turns: int) -> None:
    assert found, "left out where there are none"
    for aside in found:
        assert list(aside) == ["after", "name", "at", "text"]
        assert type(aside["after"]) is int and -1 <= aside["after"] < turns
        _text(aside["name"], optional=True)
        _text(aside["at"], optional=True)
        _text(aside["text"])
    assert [a["after"] for a in found] == sorted(a["after"] for a in found)


def _emotion(found: Object, fine: bool) -> None:
    numbers = ["label", "distress", "valence", "urgency", "scores"]
    more = (["corrected"] if "corrected" in found else []) + (["fine"] if fine else [])
    assert list(found) == numbers + more
    if found["label"] == "unread":
        assert all(value is None for name, value in found.items() if name != "label")
        return
    assert found.get("corrected", True) is True
    assert found["label"] in LABELS
    _number(found["distress"], 0, 1)
    _number(found["valence"], -1, 1)
    _number(found["urgency"], 0, 1)
    scores = found["scores"]
    assert list(scores) == LABELS
    for score in scores.values():
        _number(score, 0, 1)
    assert abs(sum(scores.values()) - 1) <= 0.0035, "each score is rounded to three digits"
    assert scores[found["label"]] == max(scores.values())
    if fine:
        assert len(found["fine"]) == 28
        for name, score in found["fine"].items():
            _text(name)
            _number(score, 0, 1)


def _spike(found: Object, turns: list[Object]) -> None:
    assert list(found) == ["turn", "kind", "severity", "distress", "rise", "trigger_turn", "evidence", "nudge", "cause"]
    turn = turns[found["turn"]]
    assert turn["speaker"] == "customer"
    assert found["kind"] in LABELS
    assert found["severity"] in ("low", "high")
    assert found["distress"] == turn["emotion"]["distress"]
    _number(found["rise"], 0, 1)
    trigger = found["trigger_turn"]
    assert trigger is None or (type(trigger) is int and 0 <= trigger < found["turn"])
    for words in found["evidence"]:
        assert words in turn["text"]
    # A sentence that was given a moment ago is not given again; a cause is named only where one was recognised.
    assert isinstance(found["nudge"], str)
    assert re.fullmatch(r"(?:[a-z][a-z0-9_]*)?", found["cause"])


def _recovery(found: Object, turns: list[Object]) -> None:
    assert list(found) == ["turn", "since", "fall"]
    assert 0 <= found["since"] < found["turn"]
    for name in ("turn", "since"):
        assert turns[found[name]]["emotion"]["distress"] is not None
    _number(found["fall"], 0, 1)


def _vulnerable(found: Object, turns: list[Object]) -> None:
    assert list(found) == ["turn", "kind", "words", "guidance"]
    assert turns[found["turn"]]["speaker"] == "customer"
    assert found["kind"] in HARD_LIVES
    assert found["words"]
    for words in found["words"]:
        assert words in turns[found["turn"]]["text"]
    _text(found["guidance"])


def _assist(found: Object, turns: int) -> None:
    summary = found["summary"]
    assert list(summary) == ["issue", "tried", "feeling", "wants", "open", "facts"]
    for line in (summary["issue"], summary["feeling"], summary["wants"]):
        if line is not None:
            _line(line, turns)
    for line in (*summary["tried"], *summary["open"]):
        _line(line, turns)
    for fact in summary["facts"]:
        assert list(fact) == ["kind", "value", "turn"]
        assert fact["kind"] in FACTS
        assert fact["value"] in found["turns"][fact["turn"]]["text"]
    for action in (*found["next_actions"], *([found["tactic"]] if found["tactic"] is not None else [])):
        assert list(action) == ["text", "why", "turns"]
        _text(action["text"])
        _text(action["why"])
        _cites(action["turns"], turns)
    for reply in found["replies"]:
        _reply(reply)
    context = found["context"]
    assert list(context) == ["used", "limit", "left_out", "sections"]
    assert isinstance(context["sections"], int) and context["sections"] >= 1
    assert 0 < context["used"] <= context["limit"]
    _cites(context["left_out"], turns)
    _text(found["model"])
    for note in found["notes"]:
        _text(note)


def _reply(found: Object) -> None:
    assert list(found) == ["strategy", "source", "text", "pillars", "empathy", "grounding"]
    assert found["source"] in ("composed", "generated")
    _text(found["strategy"])
    _text(found["text"])
    assert list(found["pillars"]) == PILLARS
    assert set(found["pillars"].values()) <= {"given", "missing", "not_needed"}
    _number(found["empathy"], 0, 1)
    assert list(found["grounding"]) == ["ok", "unsupported"]
    assert type(found["grounding"]["ok"]) is bool
    assert found["grounding"]["ok"] == (not found["grounding"]["unsupported"])


def _line(found: Object, turns: int) -> None:
    assert list(found) == ["text", "turns"]
    _text(found["text"])
    _cites(found["turns"], turns)


def _cites(found: list[int], turns: int) -> None:
    assert found == sorted(set(found))
    assert all(type(i) is int and 0 <= i < turns for i in found)


def _text(found: object, *, optional: bool = False) -> None:
    if not (optional and found is None):
        assert isinstance(found, str)
        assert found.strip()


def _number(found: object, low: float, high: float, *, optional: bool = False) -> None:
    if not (optional and found is None):
        assert type(found) in (int, float), found
        assert isinstance(found, int | float)
        assert low <= found <= high
