"""How a key combination is written in the settings, and what it means on every system."""

from __future__ import annotations

from dataclasses import dataclass

from agent_assist.errors import KnownError

EXAMPLE = "<ctrl>+<alt>+a"
SHIFT = "shift"

_HELD = ("ctrl", "alt", "cmd")
_CALLED = {
    alias: name
    for name, aliases in {
        "ctrl": "control strg",
        "alt": "option",
        "cmd": "win windows super meta command",
        "enter": "return",
        "esc": "escape",
        "insert": "ins",
        "delete": "del",
        "page_up": "pageup",
        "page_down": "pagedown",
    }.items()
    for alias in aliases.split()
}
_NAMED = frozenset(
    {
        *("space", "enter", "tab", "esc", "backspace", "insert", "delete", "home", "end", "page_up", "page_down"),
        *("up", "down", "left", "right", "pause", "print_screen", "menu"),
        *(f"f{number}" for number in range(1, 21)),
    }
)


@dataclass(frozen=True, slots=True)
class Keys:
    """A key combination.

    Attributes:
        held: of "ctrl", "alt", "cmd" (the Windows key) and "shift"; one of the first three at least.
        key: the key that is pressed beside them: one character, or a name such as "space" or "f5".
    """

    held: frozenset[str]
    key: str

    @classmethod
    def read(cls, written: str) -> Keys:
        """The combination that the option `ways.hotkey` stands for: "<ctrl>+<alt>+a", "Ctrl + Alt + A".

        Raises:
            KnownError: typing would press it, or it is not written right.
        """
        parts = [_named(part) for part in "".join(written.split()).lower().split("+")]
        held = [part for part in parts if part in _HELD or part == SHIFT]
        others = [part for part in parts if part not in held]
        if set(held) <= {SHIFT} or len(others) != 1 or not others[0]:
            raise KnownError(
                f"The option ways.hotkey needs <ctrl>, <alt> or <cmd> with one more key, such as {EXAMPLE}. "
                "Mend it there."
            )
        (key,) = others
        if len(held) != len(set(held)) or not (key in _NAMED or (len(key) == 1 and key.isprintable())):
            raise KnownError(
                f"The option ways.hotkey is not written right. Write keys like this: {EXAMPLE}, or leave it empty."
            )
        return cls(frozenset(held), key)

    def __str__(self) -> str:
        """As the option has it, always in the same order."""
        parts = [*(name for name in (*_HELD, SHIFT) if name in self.held), self.key]
        return "+".join(part if len(part) == 1 else f"<{part}>" for part in parts)


def _named(part: str) -> str:
    """A key's own name; people leave out the brackets and say "Win"."""
    name = part.strip("<>") if len(part) > 1 else part
    return _CALLED.get(name, name)
