"""Turns written for these tests, sorted as somebody who has worked a support desk for years would sort them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from agent_assist.emotion import EmotionReader
from agent_assist.encoder import Encoder
from agent_assist.records import Conversation, CustomerTurn, EmotionReading, Label, Speaker, Turn
from models.emotion import FOLDER

FURIOUS = (
    "This is the third time I've contacted you and nobody has fixed anything. Absolutely ridiculous.",
    "You people are useless. I want my money back NOW or I'm calling my lawyer.",
    "WHERE IS MY ORDER?? I HAVE BEEN WAITING SIX WEEKS!!!",
    "I'm done with you. Cancel my subscription and refund every penny you stole from me.",
    "Your support is a joke, I've been on hold for two hours and then you hung up on me",
    "Unbelievable. Five emails, zero answers. I'm disputing the charge with my bank.",
    "What the hell is wrong with you? You charged me twice AGAIN",
    "I have had enough of being lied to. Worst company I have ever dealt with.",
    "So you lost my parcel, you lost my refund, and now you tell me to wait another ten days? Disgusting.",
    "If this isn't sorted today I will post every one of these e-mails online and report you to the ombudsman.",
)
POLITE_FURY = (
    "I must say I am extremely disappointed that, after four calls, the matter has still not been resolved.",
    "With respect, this is not acceptable. I was promised a call back on Monday and nobody rang.",
    "I would appreciate it if somebody finally read my messages instead of sending me the same answer again.",
    "I am afraid I will have to close my account if you continue to ignore my complaint.",
)
SARCASM = (
    "Thanks for nothing.",
    "Oh great, another week of waiting. Fantastic service as always.",
    "Great job losing my luggage again, well done.",
    "How kind of you to reply after three weeks. Still not working, by the way.",
)
CONFUSED = (
    "Sorry, I don't understand what you mean by a proration. Which amount do I have to pay?",
    "I'm confused, the app says paid but the letter says overdue. Which one is right?",
    "Wait, so do I send it back first or do you send the new one first?",
    "It makes no sense to me, how can the total be different from what is on the page?",
    "I'm not sure what you want me to do with this code, where do I enter it?",
)
STRESSED = (
    "Please hurry, my flight leaves in two hours and I still can't check in",
    "I'm really worried, my rent is due tomorrow and the payment has not gone through",
    "I need this fixed today, I have a job interview tomorrow morning and no working laptop",
    "I'm panicking a bit, I think somebody else is in my account. What should I do?",
)
SAD = (
    "My mother passed away last week and I need to close her account.",
    "These were the last photos of my dog and now they're gone. I'm heartbroken.",
    "I cried when I opened the box, it was meant to be for my daughter's birthday",
)
SATISFIED = (
    "Thank you so much, that worked perfectly!",
    "Brilliant, you've been really helpful. Have a lovely day.",
    "Phew, what a relief. It's all working now, thanks!",
    "I appreciate your quick reply, thank you.",
    "You're a star, this made my day",
    "Great, thanks for sorting this out so quickly",
)
NEUTRAL = (
    "My order number is A-48213.",
    "I paid with my card and used my work address.",
    "It's the blue one in size 42.",
    "Yes, that is the right address.",
    "The model is a KX-200 from 2019.",
    "I live in Leeds and the parcel goes to my office.",
    "My name is Anna Berg and my email is anna@example.org",
    "ok, I will send you a picture later",
    "Hi there",
    "Could you please send the invoice to my office, thank you",
)
FROM_CALM_TO_FURIOUS = (
    "My order number is A-48213.",
    "Could you tell me when my parcel will arrive?",
    "My parcel is a day late and the tracking page shows nothing.",
    "I still haven't got my parcel, and nobody answers my e-mails.",
    "This is the third time I ask where my parcel is. It is ridiculous, and I want my money back!",
)
ANGRY_CONVERSATION = (
    ("customer", "Hello, my washing machine was due on Tuesday. Order WM-20931."),
    ("agent", "Hello! Let me look that up for you."),
    ("customer", "Thank you, I am at home all day."),
    ("agent", "It seems that the delivery was moved to the 28th."),
    ("customer", "The 28th? I took a day off for this and nobody told me anything. That is really disappointing."),
    ("agent", "We can't do much until the carrier updates us. Please check the tracking page."),
    (
        "customer",
        "I have checked it ten times already! This is the second time you move it. Ridiculous. Cancel my order and "
        "refund me today, or I dispute the charge.",
    ),
    ("agent", "I understand. Please hold the line."),
)


@cache
def reader() -> EmotionReader:
    """The real reader, made once for all tests."""
    return EmotionReader(Encoder(FOLDER))


def customer(text: str, i: int = 0) -> CustomerTurn:
    return CustomerTurn(Turn(i, Speaker.CUSTOMER, text))


def read(*texts: str) -> tuple[EmotionReading, ...]:
    return reader().read([customer(text, i) for i, text in enumerate(texts)])


def read_one(text: str) -> EmotionReading:
    return read(text)[0]


def talk(*lines: tuple[str, str], id: str = "talk") -> Conversation:
    return Conversation(id, "plain", tuple(Turn(i, Speaker(who), text) for i, (who, text) in enumerate(lines)))


def level(turn: int, distress: float, label: Label | None = None, valence: float = 0.0) -> EmotionReading:
    """A reading made by hand: frustration from a distress of 0.3, neutral below, unless told."""
    own = label or (Label.FRUSTRATION if distress >= 0.3 else Label.NEUTRAL)
    scores = {each: 0.7 if each is own else 0.05 for each in Label}
    return EmotionReading(turn, own, distress, valence, 0.0, scores)


def levels(*distress: float) -> tuple[list[Turn], list[EmotionReading]]:
    """Customer turns of five words each with these levels."""
    turns = [Turn(i, Speaker.CUSTOMER, "one two three four five") for i in range(len(distress))]
    return turns, [level(i, value) for i, value in enumerate(distress)]


def labels_of(readings: Sequence[EmotionReading]) -> list[Label]:
    return [reading.label for reading in readings]
