"""HTML becomes what a reader would have read, whatever is wrong with it."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_assist.capture.safe_text import mail_of_html, plain_of_html

_PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div style='display:none'>", "</div>", "<!--", "-->", "<![CDATA[", "<!doctype", "<?xml",
        "<script>", "</script>", "<a href='https://x.example/", "<a href=javascript:x>", "</a>", "<blockquote>", 
        "</blockquote>", "<pre>",
        "</pre>", "&#", "&#x", "99999999999", "&amp;", "&nbsp", "<", ">", '"', "'", "=", "\x00", "\u200c", "\ud800",
        "<li>",
        "<td>", "words here", "<img alt='\U0001f600'>", "<style", "<title>", "</", "<x@y.example>", "\n",
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hello</p><p>there</p>", "Hello\n\nthere"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("  a \n  b\t c ", "a b c"),
        ("caf&eacute; &amp; 5 &lt; 6 &#8364;", "café & 5 < 6 €"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"),
        ("<table><tr><td>Total</td><td>5 €</td></tr><tr><td>Tax</td></tr></table>", "Total 5 €\nTax"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<b>bo</b>ld", "bold"),
        ("3 < 4 and <3", "3 < 4 and <3"),
        ("write to <anna@mail.example> now", "write to <anna@mail.example> now"),
        ("a<script>if (a<b) {x('</p>')}</script>b<style>p{}</style>", "ab"),
        ("a<!-- b -->c<!--[if mso]>d<![endif]-->e<![if !mso]>f<![endif]>", "acef"),
        ("<title>Mail</title><div style='Display : None; x'>pre<div>header</div></div>seen", "seen"),
        ("<span hidden>no</span><span class='preheader x'>no</span><span aria-hidden=true>yes</span>", "yes"),
        (
            "<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c",
            "a\nb\n\nc",
        ),
        ("ok <img alt='\U0001f600' src=x> <img alt='logo of us' src=y>", "ok \U0001f600"),
        ("<p title='a > b'>kept</p>", "kept"),
        ("<p title='never closed>kept</p>", "kept"),
        ("cut <a href='http", "cut"),
        ("nothing but text", "nothing but text"),
        ("", ""),
    ],
)
def test_what_is_read(source: str, text: str) -> None:
    assert plain_of_html(source) == text


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("<a href='https://a.example/x?b=1&amp;c=2'>here</a>", "here (https://a.example/x?b=1&c=2)"),
        ("<a href='https://www.a.example/'>a.example</a>", "a.example"),
        ("<a href='mailto:ben@a.example?subject=x'>Ben</a>", "Ben (ben@a.example)"),
        ("<a href='mailto:ben@a.example'>ben@a.example</a>", "ben@a.example"),
        ("<a href='javascript:alert(1)'>click</a>", "click"),
        ("<a href='data:text/html,x'>click</a>", "click"),
        ("<a href='https://a.example/'><img src=x></a>!", "!"),
        (f"<a href='https://a.example/{'t' * 400}'>track</a>", "track (https://a.example/...)"),
    ],
)
def test_links_are_their_text_and_address(link: str, text: str) -> None:
    assert plain_of_html(link) == text


def test_what_is_hidden_and_never_closed_does_not_take_the_rest() -> None:
    assert "kept" in plain_of_html("<p style='display:none'>x<div>kept</div>")


def test_quotes_and_signatures_of_mail() -> None:
    source = (
        "yes<div class='gmail_signature'>Anna<div>Acme</div></div>"
        "<blockquote>old<blockquote>older</blockquote></blockquote>new"
    )
    assert mail_of_html(source) == ("yes\n>\n> old\n> >\n> > older\n\nnew", 1)
    assert plain_of_html("<blockquote>old</blockquote>") == "old"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(max_size=200)))
@example("&#" + "9" * 5000 + ";")
@example("<![foo")
@example("<!-->")
def test_anything_gives_clean_text(source: str) -> None:
    for text in (plain_of_html(source), mail_of_html(source)[0]):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text)
        assert text == text.strip()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Z", "Mn"]), min_size=1, max_size=12), min_size=1, max_size=12
    )
)
def test_words_survive(words: list[str]) -> None:
    said = " ".join(words)
    assert plain_of_html(f"<div><span>{html.escape(said)}</span></div>") == said


@pytest.mark.parametrize(
    "unit",
    ["<!--", "<a ", "<!", '<a x=">" ', "</", "<blockquote>x", "<i hidden>", "<a href='http://b.c'>x", "&#", "\u200c"],
)
def test_hostile_input_takes_linear_time(unit: str) -> None:
    source = unit * (300_000 // len(unit))
    began = time.process_time()
    mail_of_html(source)
    assert time.process_time() - began < 5  # the standard library's parser takes minutes
