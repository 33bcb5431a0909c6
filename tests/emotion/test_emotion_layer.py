from __future__ import annotations

from dataclasses import replace

import emotion_turns as desk
import numpy as np
import pytest

from agent_assist.emotion import read_mood
from agent_assist.emotion.cues import find_cues
from agent_assist.emotion.head import Manifest, Outputs, load_manifest
from agent_assist.emotion.layer import combine
from agent_assist.emotion.text import mask
from agent_assist.records import Label
from models.emotion import FOLDER


def manifest() -> Manifest:
    return load_manifest(FOLDER)


def outputs(**levels: float) -> Outputs:
    """A network that has nothing to say, but for some levels."""
    found = Outputs(manifest(), np.zeros(28 + len(Label) + 3, dtype=np.float32))
    for name, value in levels.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize(
    "text",
    ["So it is billed every month, right?", "I'd like to know what the second box is for", "How does this work?"],
)
def test_who_asks_to_have_something_explained_is_nearer_to_confusion(text: str) -> None:
    hits = find_cues(mask(text))
    assert "checking" in {hit.name for hit in hits}
    without = [hit for hit in hits if hit.name != "checking"]
    layer = manifest().layer
    asked, not_asked = (combine(outputs(), some, layer).scores[Label.CONFUSION] for some in (hits, without))
    assert asked > not_asked + 0.1


@pytest.mark.parametrize("text", ["Where is it?", "Why is this so slow?", "How long must I wait?"])
def test_who_asks_for_news_is_not(text: str) -> None:
    assert "checking" not in {hit.name for hit in find_cues(mask(text))}


def test_network_and_table_both_move_distress() -> None:
    layer, calm = manifest().layer, combine(outputs(), (), manifest().layer).distress
    assert combine(outputs(distress=2.0), (), layer).distress > calm + 0.1
    assert combine(outputs(), find_cues("this is ridiculous and useless"), layer).distress > calm + 0.05


def test_the_turn_before_leaves_a_share_of_its_distress() -> None:
    calm = desk.talk(("customer", "Good morning, I have a question."), ("customer", "The number is 44821, thank you."))
    hot = desk.talk(("customer", desk.FURIOUS[0]), ("customer", "The number is 44821, thank you."))
    after_calm, after_hot = (read_mood(desk.reader(), talk).readings[1].distress for talk in (calm, hot))
    assert after_calm + 0.02 < after_hot < 0.5


def test_a_turn_in_another_language_is_not_searched_for_trouble() -> None:
    """What is not read is not read: no half of it either."""
    french = "Bonjour, je n'ai toujours pas reçu ma commande et personne ne me répond. My husband died."
    talk = desk.talk(("customer", french))
    mood = read_mood(desk.reader(), talk)
    assert mood.unread == (0,) and mood.vulnerable == ()
    assert replace(mood, ms=0) == replace(read_mood(desk.reader(), talk), ms=0)


@pytest.mark.parametrize("text", ["😡", "?!", "4471", "https://example.org"])
def test_a_turn_without_words_has_all_fine_scores(text: str) -> None:
    (reading,) = desk.reader().read([desk.customer(text, 0)])
    assert list(reading.fine) == list(manifest().fine)
