"""Text of a desk that may be HTML or not, and does not say so."""

from __future__ import annotations

import re

from agent_assist.capture.safe_text import plain_of_html

# A customer may well write "1 < 2 > 0" or "<order number>": only an element that mails are made of tells HTML.
_ELEMENT = re.compile(
    r"</?(?:html|body|div|p|br|span|table|tr|td|ul|ol|li|a|b|i|u|strong|em|img|blockquote|font|style|script)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.I,
)


def unmarked(text: str) -> str:
    """The text without markup, where there is any."""
    return plain_of_html(text) if _ELEMENT.search(text) else text
