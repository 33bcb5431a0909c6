"""What a scenario saw."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Tally:
    """The rounds of one scenario.

    Attributes:
        name: of the scenario, as the table shows it.
        rounds: how many were done.
        counts: what was counted, in words.
        problems: what should not have happened; empty where all is well.
    """

    name: str
    rounds: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def count(self, what: str, more: int = 1) -> None:
        """Adds to what is counted."""
        self.counts[what] = self.counts.get(what, 0) + more

    def expect(self, holds: bool, problem: str) -> None:
        """Notes a problem unless something holds."""
        if not holds:
            self.problems.append(f"round {self.rounds}: {problem}")
