"""Text as a page lays it out: white space collapsed, breaks where blocks end, addresses behind links."""

from __future__ import annotations

import re

_MAX_QUOTES = 50
_MAX_ADDRESS = 200
# Marks that fill the hidden first line of a newsletter, or break words; a joiner (200d) builds emoji and stays.
_FILLING = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u2060\ufeff"))
_IDLE_JOINER = re.compile("(?<![^\\s\u200c])\u200c+|\u200c+(?=\\s|$)")
_HOST = re.compile(r"[a-z]+://[^/?#]+/?", re.I)


class Flow:
    """Takes words, breaks and links in the order of a page and makes plain text of them; never fails."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._space = False
        self._quotes = 0
        self._verbatim = 0
        self._link: tuple[str, int] | None = None

    def write(self, text: str) -> None:
        """Adds text; runs of white space are one space, and none at the beginning of a line."""
        if "\u200c" in text:
            text = _IDLE_JOINER.sub("", text)
        if not text.isascii():
            text = text.translate(_FILLING)
        if self._verbatim:
            self._write_lines(text)
            return
        words = " ".join(text.split())
        if not words:
            self._space = self._space or bool(text)
            if self._breaks and "\u00a0" in text:  # a line kept empty on purpose
                self._breaks = 2
            return
        self._flush(text[0].isspace())
        self._parts.append(words)
        self._space = text[-1].isspace()

    def breaks(self, count: int) -> None:
        """Begins a new line (1) or paragraph (2) before the next word."""
        self._breaks = max(self._breaks, count)

    def new_line(self) -> None:
        """Ends the line; twice leaves one empty."""
        self._breaks = min(self._breaks + 1, 2)

    def bullet(self) -> None:
        """Begins an item of a list."""
        self.breaks(1)
        self.write("-")
        self._space = True

    def quote(self, change: int) -> None:
        """Begins (1) or ends (-1) a quotation, whose lines are marked."""
        self._quotes = min(max(self._quotes + change, 0), _MAX_QUOTES)
        self.breaks(2)

    def verbatim(self, change: int) -> None:
        """Begins (1) or ends (-1) text whose own line breaks and spaces count."""
        self._verbatim = max(self._verbatim + change, 0)

    def open_link(self, address: str) -> None:
        """Begins a link; an empty address is none."""
        self.close_link()
        self._link = (address, len(self._parts)) if address else None

    def close_link(self) -> None:
        """Ends a link: its address follows, unless the text says the same or there is none."""
        if self._link is None:
            return
        (address, since), self._link = self._link, None
        shown = "".join(self._parts[since:]).strip(" \n>")
        if shown and _bare(shown) != _bare(address):
            self._parts.append(f" ({_short(address)})")

    def text(self) -> str:
        """All of it, without white space at its ends."""
        self.close_link()
        return "".join(self._parts).strip()

    def _flush(self, spaced: bool) -> None:
        if self._breaks:
            mark = "> " * self._quotes
            line = f"\n{mark}"
            self._parts.append(f"\n{mark.rstrip()}{line}" if self._breaks > 1 and self._parts else line)
        elif (spaced or self._space) and self._parts:
            self._parts.append(" ")
        self._breaks, self._space = 0, False

    def _write_lines(self, text: str) -> None:
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if number:
                self._breaks = min(self._breaks + 1, 2)
            if line.strip():
                self._flush(False)
                self._parts.append(line.rstrip().replace("\u00a0", " "))


def _bare(address: str) -> str:
    """What is left of an address when its scheme, "www." and a final slash are taken off."""
    bare = address.strip().casefold()
    for start in ("mailto:", "tel:", "https://", "http://", "ftp://", "www."):
        bare = bare.removeprefix(start)
    return bare.rstrip("/")


def _short(address: str) -> str:
    """An address as a person can read it; of one that is all tracking, only where it leads."""
    if address[:7].casefold() == "mailto:":
        return address[7:].split("?")[0]
    host = _HOST.match(address)
    if len(address) <= _MAX_ADDRESS:
        return address
    return f"{host[0]}..." if host and len(host[0]) < _MAX_ADDRESS else f"{address[:_MAX_ADDRESS]}..."
