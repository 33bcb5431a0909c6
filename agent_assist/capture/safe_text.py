"""HTML -> safe plain text: what a reader of the page would have read, and nothing else.

The scanner is our own: on malformed input the standard library's `HTMLParser` takes quadratic time (200 KB of
unclosed comments: 36 s) and raises AssertionError. This one goes forward only, and no document makes it fail.
"""

from __future__ import annotations

import html
import re

from agent_assist.capture.decode import clean
from agent_assist.capture.text_flow import Flow

_NAME = re.compile(r"/?([A-Za-z][^\s/>]{0,60})")
_STOP = re.compile("[>\"']")
_ATTRIBUTE = re.compile(r"(?<![\w:-])([A-Za-z][\w:-]{0,30})\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_LONG_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9A-Fa-f]{7,});?")
_HIDING = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|max-height:0(?:px)?(?:;|$)|opacity:0(?:\.0+)?(?:;|$)", re.I
)
_HIDDEN_WORD = re.compile(r"(?<=\s)hidden(?=[\s/=]|$)", re.I)
_PREHEADER = re.compile(r"(?:^|\s)(?:preheader|preview-?text)(?:\s|$)", re.I)
_SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|^(?:x_)?Signature$|ms-outlook-mobile-signature"
)
_SCHEME = re.compile(r"(?:https?|ftp)://[^\s\"<>]+|(?:mailto|tel):[^\s\"<>]+", re.I)
# What Word writes for a line: a paragraph without space around it.
_TIGHT = re.compile(r"MsoNormal|MsoListParagraph|MsoPlainText|margin:\s?0(?:[a-z]{2})?\s?(?:;|$)", re.I)
_TAG_LOOKED_AT = 8192
_MAX_ALT = 8

# Their content is never shown, and is no markup either.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.I)
    for name in ("script", "style", "title", "iframe", "noembed", "noframes", "xmp", "textarea")
}
# fmt: off
_DROPPED = frozenset((
    "template", "svg", "math", "object", "audio", "video", "canvas", "map", "select", "datalist",
))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "keygen", "frame", "basefont", "bgsound",
))
_PARAGRAPHS = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr",
))
_LINES = frozenset((
    "address", "article", "aside", "center", "dd", "details", "dialog", "div", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "header", "legend", "li", "main", "nav", "optgroup", "option", "section", "summary",
    "tbody", "tfoot", "thead", "tr", "caption", "body", "head", "html",
))
_CELLS = frozenset((
    "td", "th",
))
_INLINE = frozenset((
    "a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "ins", "del", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u",
))
# fmt: on
_KNOWN = _VOID | _PARAGRAPHS | _LINES | _CELLS | _INLINE | _DROPPED | frozenset(_RAW)


def plain_of_html(html: str) -> str:
    r"""The readable text of an HTML page or fragment, in linear time, whatever is wrong with it.

    Args:
        html: any text; where it holds no markup, its white space is still collapsed as a browser would.

    Returns:
        Text without tags, scripts, styles, comments and hidden parts; entities are decoded, block elements are line
        breaks (`\n`), a link is its text, with the address behind it in parentheses where that says something else.
    """
    return _Page(html, mail=False).read()


def mail_of_html(html: str) -> tuple[str, int]:
    """As `plain_of_html`, for a mail: quoted blocks get `> ` marks, marked signatures are left out.

    Returns:
        The text, and how many signatures were left out.
    """
    page = _Page(html, mail=True)
    return page.read(), page.signatures


class _Page:
    def __init__(self, source: str, *, mail: bool) -> None:
        self._source = source
        self._mail = mail
        self._flow = Flow()
        self._quotes_open = True  # whether quoted attribute values are believed to be closed
        self._tags_close = True
        self._hiding = True
        self._hidden: tuple[str, int] | None = None  # what hides, and where it began
        self._nested = 0
        self._tight = False  # whether the paragraph that is open is only a line
        self.signatures = 0

    def read(self) -> str:
        self._scan(0)
        if self._hidden is not None:
            # Hidden to the end of the page is a tag that somebody forgot to close; better too much than nothing.
            begin, self._hidden, self._hiding = self._hidden[1], None, False
            self._scan(begin)
        return clean(self._flow.text())[0].strip()

    def _scan(self, at: int) -> None:
        source = self._source
        while at < len(source):
            begin = source.find("<", at)
            if begin < 0:
                begin = len(source)
            if begin > at and self._hidden is None:
                self._flow.write(_decoded(source[at:begin]))
            at = self._markup(begin) if begin < len(source) else begin

    def _markup(self, begin: int) -> int:
        """Takes in what stands at a `<` and returns where to go on."""
        source = self._source
        if source.startswith("<!--", begin):
            if source.startswith((">", "->"), begin + 4):
                return source.index(">", begin) + 1
            end = source.find("-->", begin + 4)
            return end + 3 if end >= 0 else len(source)
        name = _NAME.match(source, begin + 1)
        if name is not None and "@" not in name[1] and "<" not in name[1]:
            end = self._end_of_tag(name.end())
            if end >= 0:
                return self._tag(name[1].casefold(), begin, name.end(), end)
            if name[1].casefold() in _KNOWN:
                return len(source)
        elif source.startswith(("!", "?", "/"), begin + 1) and self._tags_close:
            end = source.find(">", begin)
            if end >= 0:
                return end + 1
            self._tags_close = False
        if self._hidden is None:
            self._flow.write("<")
        return begin + 1

    def _end_of_tag(self, at: int) -> int:
        """Where the `>` of a tag stands, -1 for nowhere; a `>` within quotes counts only where no other does."""
        if not self._tags_close:
            return -1
        plain = self._source.find(">", at)
        self._tags_close = plain >= 0
        if not self._quotes_open:
            return plain
        while stop := _STOP.search(self._source, at):
            if stop[0] == ">":
                return stop.start()
            at = stop.end()
            if self._source[stop.start() - 1] in "= \t\r\n":
                at = self._source.find(stop[0], at) + 1
                if at == 0:
                    break
        self._quotes_open = False
        return plain

    def _tag(self, name: str, begin: int, inside: int, end: int) -> int:
        source = self._source
        closing = source[begin + 1] == "/"
        if self._hidden is not None:
            self._in_hidden(name, closing)
        elif closing:
            self._close(name)
        else:
            self._open(name, source[inside : min(end, inside + _TAG_LOOKED_AT)], begin)
        if closing or name not in _RAW:
            return end + 1
        found = _RAW[name].search(source, end + 1)
        return found.start() if found else len(source)

    def _in_hidden(self, name: str, closing: bool) -> None:
        if self._hidden is None or name != self._hidden[0]:
            return
        self._nested += -1 if closing else 1
        if self._nested == 0:
            self._hidden = None

    def _open(self, name: str, inside: str, begin: int) -> None:
        values = {m[1].casefold(): _decoded(m[2].strip("\"'")) for m in _ATTRIBUTE.finditer(inside)} if inside else {}
        if name not in _VOID and self._hiding and self._is_hidden(name, inside, values):
            self._hidden, self._nested = (name, begin), 1
            return
        tight = name == "p" and _TIGHT.search(f"{values.get('class', '')} {values.get('style', '')}")
        self._tight = bool(tight) if name == "p" else self._tight
        self._flow.breaks(1 if tight else _height(name))
        if name == "br":
            self._flow.new_line()
        elif name == "a":
            self._flow.open_link(values.get("href", "") if _SCHEME.fullmatch(values.get("href", "")) else "")
        elif name in _CELLS:
            self._flow.write(" ")
        elif name == "li":
            self._flow.bullet()
        elif name == "pre":
            self._flow.verbatim(1)
        elif name == "blockquote" and self._mail:
            self._flow.quote(1)
        elif name == "img":
            alt = values.get("alt", "")
            if 0 < len(alt) <= _MAX_ALT and not alt.isascii():  # an emoji that is drawn as a picture
                self._flow.write(alt)

    def _close(self, name: str) -> None:
        if name == "a":
            self._flow.close_link()
        elif name == "pre":
            self._flow.verbatim(-1)
        elif name == "blockquote" and self._mail:
            self._flow.quote(-1)
        self._flow.breaks(1 if name == "p" and self._tight else _height(name))

    def _is_hidden(self, name: str, inside: str, values: dict[str, str]) -> bool:
        if name in _DROPPED:
            return True
        label = f"{values.get('class', '')} {values.get('id', '')}".strip()
        if self._mail and label and _SIGNATURE.search(label):
            self.signatures += 1
            return True
        style = "".join(values.get("style", "").split())
        return bool(_HIDING.search(style) or _PREHEADER.search(label)) or (
            "hidden" in inside and bool(_HIDDEN_WORD.search(_ATTRIBUTE.sub("", inside)))
        )


def _height(name: str) -> int:
    """How many line breaks an element's ends are."""
    return 2 if name in _PARAGRAPHS else 1 if name in _LINES else 0


def _decoded(text: str) -> str:
    # A number of thousands of digits is more than int() agrees to read.
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
