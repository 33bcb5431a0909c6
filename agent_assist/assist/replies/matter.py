"""What it is about as one noun phrase, taken from the model's line on the case and turned to the customer.

"The customer is complaining about their PS3 getting stuck." gives "your PS3 getting stuck". A phrase after "about"
cannot get subject and verb wrong, where a clause of the model's can.
"""

from __future__ import annotations

import re

from agent_assist.assist.cite import agrees, stems
from agent_assist.assist.replies.mirror import tidy
from agent_assist.assist.sentences import first_sentences, is_complete
from agent_assist.assist.summary import ABOUT
from agent_assist.records import Conversation

KEY = ABOUT.key
"""The branch whose line it is taken from."""
_MOST_WORDS = 16
_SAID = 0.8
_OWN = re.compile(r"\b(?:their|his|her)\b", re.IGNORECASE)
# Whoever "they" are, it is not sure; and a phrase that begins with a deed needs a person for it.
_UNSURE = re.compile(
    r"\b(?:they|them|themselves|theirs|he|she|him|the (?:customer|agent|company|person|user)|you|your|i|we|us|our|my)\b"
    r"|['’]s? (?:their|his|her)\b|[<>{}\[\]|\\`^%:;,\"“”]|\bwhich\b|https?:|[@#]\w",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"(?:how|that|what|why|when|where|whether|if|not|being|having|getting|\w+ing (?:to|a|the|their))\b", re.I
)


def find_matter(conversation: Conversation, line: str) -> str | None:
    """The noun phrase in the model's line, turned to the customer.

    Args:
        conversation: what it is about; one turn of the customer has to carry the phrase.
        line: as the model wrote it, with its beginning.

    Returns:
        "your PS3 getting stuck"; None where the phrase is not complete, not sure, or not what the customer said.
    """
    sentence = first_sentences(" ".join(line.split()), 1)
    phrase = sentence.removeprefix(ABOUT.text).strip()
    if phrase == sentence or not is_complete(sentence):
        return None
    phrase = phrase.rstrip(" .!?")
    if (
        not 1 < len(phrase.split()) <= _MOST_WORDS
        or not phrase.isascii()
        or _UNSURE.search(phrase)
        or _DEED.match(phrase)
    ):
        return None
    if not _is_said(conversation, phrase):
        return None
    turned = _OWN.sub("your", phrase)
    return turned if phrase[:2].isupper() or phrase[0].isdigit() else _uncapital(turned)


def _is_said(conversation: Conversation, phrase: str) -> bool:
    words = stems(phrase)
    texts = (tidy(turn.text) for turn in conversation.customer_turns)
    return bool(words) and any(
        len(words & stems(text)) >= _SAID * len(words) and agrees(phrase, words, [text]) for text in texts
    )


def _uncapital(text: str) -> str:
    """A beginning without its capital, unless that is a name's."""
    first = text.split()[0]
    return text[0].lower() + text[1:] if first.lower() in ("a", "an", "the", "your", "this", "no", "some") else text
