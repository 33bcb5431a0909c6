"""The voice's section of docs/quality.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "docs" / "quality.md"
TITLE = "## The voice"
_HEAD = """{title}

Written by `python -m models.voice.evaluate` on {day}: the base model and the base with our adapter on the same
prompts, before the guard and without composed candidates.

| measure | base | with the voice | asked |
| --- | --- | --- | --- |
"""


def write(rows: Sequence[str]) -> None:
    """Puts rows in the place of those of the section that stands there; what stands before it stays."""
    before = TABLE.read_text(encoding="utf-8").partition(TITLE)[0].rstrip() if TABLE.is_file() else ""
    head = _HEAD.format(title=TITLE, day=datetime.now(UTC).date().isoformat())
    TABLE.write_text(f"{before}\n\n{head}" + "\n".join(rows) + "\n", encoding="utf-8")
