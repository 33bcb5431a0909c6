"""Scores redaction on the written set, and prints the table of docs/redaction.md.

python packaging/score_redaction.py [--problems]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "privacy")]

from redaction_stage import KINDS, Score, items, score  # noqa: E402 - it stands beside the tests that assert the figures

WORDS = {
    "card": "cards",
    "iban": "IBANs",
    "bank": "other bank numbers",
    "phone": "phones",
    "email": "e-mail addresses",
    "id": "national ids",
    "token": "tokens",
    "secret": "PINs, passwords, codes",
    "address": "addresses (not validated)",
}


def table(parts: list[tuple[str, Score]]) -> str:
    """The figures of some parts side by side, in Markdown."""
    head = ["kind"] + [f"{name}: values | precision | recall" for name, _ in parts]
    lines = ["| " + " | ".join(head) + " |", "| --- " + "| --- " * 3 * len(parts) + "|"]
    for kind in KINDS:
        cells = [WORDS[kind]]
        for _, figures in parts:
            values = figures.right[kind] + figures.missed[kind]
            cells += [str(values), f"{figures.precision(kind):.3f}", f"{figures.recall(kind):.3f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Prints the table; with --problems also every miss and every false alarm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", action="store_true", help="print every miss and every false alarm too")
    problems = parser.parse_args().problems
    everything = items()
    print(f"{len(everything)} items, {sum(bool(i.gold) for i in everything)} with values")  # noqa: T201
    parts = [("tuned on", score(items("tune"))), ("held out", score(items("held"))), ("all", score(everything))]
    print(table(parts))  # noqa: T201
    print("\nWithout knowing the country:\n" + table([("all", score(everything, at_home=False))]))  # noqa: T201
    if problems:
        print("\n".join(parts[-1][1].problems))  # noqa: T201


if __name__ == "__main__":
    main()
