"""Customers who say that life is hard for them now; figures of speech and other people's business are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.emotion.vulnerable import KINDS, find_vulnerable
from agent_assist.errors import BugError
from agent_assist.records import CustomerTurn, Speaker, Turn, Vulnerability

SAID = {
    "bereavement": (
        "My husband died in March and his name is still on the bill.",
        "my mum passed away last week, how do I close her account",
        "We lost our daughter in May. Please take her off the list.",
        "I need to cancel the booking, it is my father's funeral that day",
        "My late wife set this up and I have no idea what the password is",
        "I'm ringing about my dad. He passed away on Tuesday.",
        "I have just buried my son and you send me a reminder?",
        "I had a miscarriage and I cannot travel now",
        "There has been a death in the family, can the date be moved",
    ),
    "illness": (
        "I have cancer and cannot drive to the depot",
        "My son is in intensive care, I can't deal with this form now",
        "my wife was diagnosed with Parkinson's in January",
        "The courier left my insulin in the sun",
        "My daughter is on oxygen at home, we cannot be without power",
        "I'm on chemo every other week and I need the trip moved",
        "My dad had a stroke on Monday, I am at the hospital with him",
        "they found a lump and I can't get through to anybody",
        "I am housebound, so I can't bring it to a shop",
        "I'm in a wheelchair and the lift at your branch is broken",
        "my husband is registered blind and the letters come in small print",
        "I have a disabled daughter and the boiler is off",
    ),
    "self_harm": (
        "I don't want to live any more, and you send me another bill",
        "honestly I want to kill myself",
        "I feel suicidal every time the letter comes",
        "everyone would be better off without me",
        "there is no point in living with these debts",
        "I've been thinking about ending my life",
        "my brother says he will kill himself, please call me",
        "I don't see any point in going on.",
        "I can't take it any more. I just want it all to stop.",
        "nobody would even notice if I was gone",
        "I've been cutting myself since the letters began",
        "I don't want to be here anymore",
    ),
    "hardship": (
        "I lost my job in May and can't pay the rent",
        "We can't afford food this week because you charged us twice",
        "i'm on universal credit and you took 40 pounds",
        "the bailiffs are coming tomorrow",
        "we are being evicted on Friday",
        "I have nothing left for food until payday",
        "we have used the food bank since autumn",
        "I'm two months behind with the rent",
        "We have to choose between heating and eating now",
        "what you took was our food money",
        "we get our shopping from the foodbank now",
        "I have £5 until Friday",
        "I've got £4 to last me till the weekend",
        "they stopped my benefits, so the payment will not go through",
    ),
    "abuse": (
        "My ex-husband hits me and he must not see the new address",
        "I left because of domestic violence, please hide my number",
        "I have a restraining order against him and he still gets the letters",
        "I am staying in a women's refuge and need the card sent there",
        "I am scared of my ex, he can log in to the account",
        "please make sure my ex can't see where I live",
        "my partner keeps threatening me, can the calls be off the bill",
        "My boyfriend goes through my phone, please don't text me on this number",
        "my ex has my password and reads my messages",
    ),
}

NOT_SAID = (
    "This app is killing me",
    "I'm dying to know when it ships",
    "my phone died yesterday",
    "My battery is dead and the car is dead too",
    "I was dying of laughter, thank you",
    "That update is the death of my old tablet",
    "the deadline is Friday and your line is dead",
    "This is clearly an abuse of the returns policy",
    "Your driver was abusive to me at the door",
    "the staff abused my trust",
    "Your service is a cancer on this industry",
    "You nearly gave me a heart attack with that bill",
    "I almost had a stroke when I saw the price",
    "What a stroke of luck",
    "I'm a Cancer and you are a Leo",
    "My son passed his driving test, can I add him to the policy?",
    "My dad passed on the message",
    "We lost my son's suitcase in Madrid",
    "You lost my wife's parcel",
    "I lost my husband in the crowd at your store",
    "my wife's phone died after the update",
    "My kids died laughing at the picture",
    "I am a solicitor, please send the bereavement form for our client who died in May",
    "Which form do you need with a death certificate?",
    "I would like a quote for funeral cover",
    "It's your funeral, I'm leaving for another company",
    "We are raising money for cancer research, can you donate?",
    "I run a charity for victims of domestic violence and need an invoice",
    "Does my policy cover cancer?",
    "My father died twenty years ago and I still use his old radio, which knob is the tone?",
    "I had cancer as a child, that is not why I write",
    "My grandmother died in 1998",
    "My dog had surgery, is that covered?",
    "Season 3, the episode where my favourite character died, won't play",
    "The book about my mother's death camp research has not arrived, it is a novel",
    "I work in a hospital and need this for the ward",
    "Could you bury this charge any deeper in the menu?",
    "I can't afford to lose any more time with this",
    "I can't afford your prices any more",
    "The site won't let me pay my rent online",
    "I can't pay my bill online, the button is grey",
    "I'll send the bailiffs to you",
    "I have no money on my phone account, how do I top up?",
    "I need to evict my tenant, where is the form?",
    "We deliver to the food bank on Mondays",
    "I nearly lost my job over your outage",
    "You people should all be out of work",
    "There is no way out of this menu",
    "I can't do this anymore, cancel my subscription",
    "That merger was commercial suicide",
    "Suicide Squad is missing from my library",
    "I nearly killed myself tripping over your parcel",
    "I hurt myself on the lid, it is sharp",
    "I killed myself laughing",
    "I want to die of embarrassment, I found it under the seat",
    "He beat me to the last ticket",
    "My husband must not see the order, it is a birthday surprise",
    "I don't want him to know about the present, my husband I mean",
    "The bus shelter outside my house is broken",
    "I have two cats from the animal shelter",
    "My account is disabled",
    "Kill the process and restart, that is what the agent said",
    "I'm on hold, dead tired and bored to death",
    "This queue is a nightmare, shoot me now",
    "My brother died in the raid and lost all his loot",
    "I lost my job number, what was it?",
    "my sister works with dementia patients",
    "I had a heart attack when I saw the bill",
    "I want to end my life insurance policy",
    "There is no reason to live chat with you again",
    "I'm out of work on Fridays, call me then",
    "My wife works in hospital billing and needs the invoice",
    "My dad's funeral home business needs an invoice",
    "I feel like I am being stalked by your ads",
    "That price would be the death of my mother",
    "I don't see the point of carrying on with this contract",
    "I can't take it any more, I want it all to stop, seven marketing emails a day",
    "Nobody would notice if I was billed twice, would they",
    "I keep cutting myself on the rim of the tin",
    "The menu makes me choose between food and drink vouchers",
    "You stopped my benefits as a prime member",
    "Where is the wheelchair ramp, I use a wheelchair icon to find it",
    "My wife checks my emails, you can answer to that address",
    "My ex took the old handset, how do I unlink it?",
    "",
    "😡",
)

FILLER = (
    "Hello, good morning.",
    "I am writing about order 4711.",
    "The weather is fine today.",
    "Could you please look into it?",
    "Thank you in advance.",
    "https://example.org/a",
    "Kind regards, Ann",
)


def find(*texts: str) -> tuple[Vulnerability, ...]:
    return find_vulnerable([CustomerTurn(Turn(2 * k, Speaker.CUSTOMER, text)) for k, text in enumerate(texts)])


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in texts])
def test_what_makes_life_hard_is_found_and_shown_as_it_stands(kind: str, text: str) -> None:
    found = {v.kind: v for v in find(text)}
    assert kind in found
    assert found[kind].turn == 0 and found[kind].words and all(words in text for words in found[kind].words)


@pytest.mark.parametrize("text", NOT_SAID)
def test_figures_of_speech_and_the_business_of_others_are_none(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in texts])
def test_capitals_apostrophes_and_line_breaks_change_nothing(kind: str, text: str) -> None:
    for other in (text.upper(), text.replace("'", "’"), text.replace("'", ""), text.replace(" ", "  ")):
        assert kind in {v.kind for v in find(other)}, other


def test_each_kind_is_said_once_in_the_order_of_the_turns() -> None:
    found = find("Hello.", SAID["hardship"][0], SAID["bereavement"][0], SAID["hardship"][1], SAID["bereavement"][1])
    assert [(v.turn, v.kind) for v in found] == [(2, "hardship"), (4, "bereavement")]


def test_in_one_turn_what_cannot_wait_stands_first() -> None:
    assert [v.kind for v in find(f"{SAID['hardship'][0]} {SAID['self_harm'][1]}")] == ["self_harm", "hardship"]


def test_an_earlier_turn_may_say_who_it_is() -> None:
    assert [(v.turn, v.kind) for v in find("It's about my mother.", "She died on Sunday.")] == [(2, "bereavement")]
    assert find("It's about the hero.", "She died on Sunday.") == ()


def test_what_the_agent_wrote_below_is_not_said_by_the_customer() -> None:
    assert find("Thanks.\n> I am sorry that your husband died. My husband died too.") == ()


def test_guidance_is_short_and_sells_nothing() -> None:
    for kind in KINDS:
        (guidance,) = {v.guidance for text in SAID[kind] for v in find(text) if v.kind == kind}
        assert 40 < len(guidance) < 360 and "!" not in guidance and guidance.endswith(".")
        assert not any(word in guidance.lower() for word in ("offer them", "discount", "upgrade", "keep the customer"))


def test_for_a_person_at_risk_the_guidance_names_all_that_counts() -> None:
    (found,) = find(SAID["self_harm"][1])
    for part in ("worried about them", "alone", "procedure", "emergency number"):
        assert part in found.guidance


def test_nobody_but_the_customer_is_searched() -> None:
    with pytest.raises(BugError, match="not the customer's"):
        find_vulnerable([CustomerTurn(Turn(0, Speaker.AGENT, SAID["self_harm"][0]))])


@settings(max_examples=80)
@given(
    st.sampled_from([(kind, text) for kind, texts in SAID.items() for text in texts]),
    st.lists(st.sampled_from(FILLER), max_size=3),
    st.lists(st.sampled_from(FILLER), max_size=3),
    st.sampled_from(["\n", " "]),
)
def test_neutral_filler_takes_nothing_away(
    said: tuple[str, str], before: list[str], after: list[str], gap: str
) -> None:
    kind, text = said
    plain = {v.kind: v.words for v in find(text)}
    filled = {
        v.kind: v.words for v in find(gap.join([*before, text if text.endswith((".", "?")) else f"{text}.", *after]))
    }
    assert plain.keys() <= filled.keys()
    assert set(plain[kind]) <= set(filled[kind])


@settings(max_examples=80)
@given(st.lists(st.sampled_from(FILLER), max_size=6))
def test_filler_alone_is_none(texts: list[str]) -> None:
    assert find(*texts) == ()


@settings(max_examples=80)
@given(
    st.lists(
        st.one_of(st.text(max_size=60), st.sampled_from([t for texts in SAID.values() for t in texts])), max_size=4
    )
)
def test_words_stand_in_their_turn(texts: list[str]) -> None:
    for found in find(*texts):
        assert all(words in texts[found.turn // 2] for words in found.words)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "my ",
        "i've ",
        "my mother ",
        "i can't ",
        "my mother's ",
        "he ",
        "died ",
        " ",
        "\n",
        ".",
        "i have a ",
        "'",
        "my ex has ",
        "İ",
        "my dad has had just been ",
        "we can't afford the ",
        "funeral ",
        "i want to ",
        "i have £5 ",
        "cutting myself ",
        "my ex reads ",
        "choose between ",
        "cancer ",
    ],
)
def test_ten_thousand_characters_are_searched_at_once(piece: str) -> None:
    find("The table is loaded.")
    text = (piece * 10_000)[:10_000]
    start = time.perf_counter()
    find(text)
    assert time.perf_counter() - start < 1.0
