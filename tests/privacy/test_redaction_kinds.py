"""What each detector takes and what it leaves, at the edges that the written set does not reach; and hostile text."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time

import pytest

from agent_assist.privacy.redaction import Redactor, redact
from agent_assist.privacy.redaction.id_rules import RULES, is_medicare, is_nino, is_pension_number
from agent_assist.privacy.redaction.people import installed
from agent_assist.privacy.redaction.record import field_kind
from agent_assist.privacy.redaction.regions import likely_regions

SIZE = 200_000
SECONDS = 20.0
"""Of the processor, for 200,000 characters: a pattern that backtracks badly takes for ever."""


def gb(text: str) -> str:
    return redact(text, "all", "GB")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111 12/27 123", "[card ending 1111] 12/27 123"),
        ("4111\n1111\n1111\n1111", "[card ending 1111]"),
        ("4111\u00a01111\u00a01111\u00a01111", "[card ending 1111]"),
        ("４１１１ １１１１ １１１１ １１１１", "[card ending 1111]"),
        ("card 4111 1111 1111 1112, mistyped", "card [card ending 1112], mistyped"),
        ("IMEI 490154203237518", "IMEI 490154203237518"),
        ("order 4111111111111111", "order 4111111111111111"),
        ("order 4111 1111 1111 1111", "order [card ending 1111]"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("paid with two: 4111111111111111, 5555555555554444", "paid with two: [card ending 1111], [card ending 4444]"),
    ],
)
def test_cards(text: str, expected: str) -> None:
    assert gb(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GB29NWBK60161331926819 and DE89370400440532013000", "[IBAN 1] and [IBAN 2]"),
        ("DE89 3704 0044 0532 0130 00 Verwendungszweck 12345", "[IBAN 1] Verwendungszweck 12345"),
        ("iban de89370400440532013001", "iban [IBAN 1]"),
        ("DE89370400440532013001", "DE89370400440532013001"),
        ("GB29 NWBK 6016 1331 9268 19 = GB29NWBK60161331926819", "[IBAN 1] = [IBAN 1]"),
        ("account number 12345678 for my broadband", "account number 12345678 for my broadband"),
        ("sort code 12-34-56, account number 12345678", "sort code [bank number 1], account number [bank number 2]"),
    ],
)
def test_bank_data(text: str, expected: str) -> None:
    assert gb(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 07911 123456 or 07400 654321", "call [phone 1] or [phone 2]"),
        ("+44 (0)20 7946 0958 is the office", "[phone 1] is the office"),
        ("(020) 7946 0958, 020 7946 0958", "[phone 1], [phone 1]"),
        ("on 12/03/2026 and 03.11.2025", "on 12/03/2026 and 03.11.2025"),
        ("my order number is 2079460958", "my order number is 2079460958"),
        ("I have 4155550132 followers", "I have 4155550132 followers"),
        ("192.168.100.101", "192.168.100.101"),
    ],
)
def test_phones(text: str, expected: str) -> None:
    assert gb(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:hunter22@ftp.example.com/x", "https://user:[token]@ftp.example.com/x"),
        ("https://zoom.example/j/91234567890?pwd=QWxhZGRpbjpvcG", "https://zoom.example/j/91234567890?pwd=[token]"),
        ("https://example.com/reset-password/confirm", "https://example.com/reset-password/confirm"),
        ("https://example.com/p/12345/some-long-product-name-with-123-words", None),
        ("https://example.com/?utm_campaign=Spring2026abcDEF123456ghiJK", None),
        ("https://example.com/login?next=/account&lang=en", None),
        ("see https://example.com/verify/Ab3dE6gH9jK2.", "see https://example.com/verify/[token]."),
        (
            "https://example.com/account/reset-password/a8f9d0e1c2b3",
            "https://example.com/account/reset-password/[token]",
        ),
        (
            "https://hooks.slack.com/services/T02400/B02400/a1b2c3d4e5f6g7h8i9j0",
            "https://hooks.slack.com/services/T02400/B02400/[token]",
        ),
        ("https://youtu.be/dQw4w9WgXcQ?si=AbC123dEf456", None),
        ("https://shop.example.com/orders/ORD2024A8F9D0E1C2B3X9", None),
    ],
)
def test_links_keep_their_host(text: str, expected: str | None) -> None:
    assert gb(text) == (text if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("482913 is your verification code", "[code] is your verification code"),
        ("Use 482 913 to log in", "Use [code] to log in"),
        ("username bob password hunter2", "username bob password [password]"),
        ("my pin is four eight two one, ok", "my pin is [PIN], ok"),
        ("My password is my dog's name", "My password is my dog's name"),
        ("The password you sent is invalid", "The password you sent is invalid"),
        ("pincode 560001", "pincode 560001"),
        ("reset my password 2 days ago", "reset my password 2 days ago"),
        ("mi clave es girasol", "mi clave es [password]"),
        ("la clave es paciencia", "la clave es paciencia"),
        ("season pass: A1234", "season pass: A1234"),
        ("user bob pass: tulip", "user bob pass: [password]"),
        ("my PIN 2024 is blocked", "my PIN [PIN] is blocked"),
        ("salasana on kissa123", "salasana on [password]"),
        ("error code 4012 and zip code 94110", "error code 4012 and zip code 94110"),
    ],
)
def test_codes(text: str, expected: str) -> None:
    assert gb(text) == expected


def test_a_number_that_answers_for_a_secret_is_one() -> None:
    assert Redactor("payment").text("4821, thanks", "And your PIN, please?") == "[PIN], thanks"
    assert Redactor("payment").text("4821, thanks", "And your order number, please?") == "4821, thanks"


def test_a_random_number_of_nine_digits_is_no_id_without_a_word_for_one() -> None:
    for number in range(100_000_000, 999_999_999, 7_654_321):
        for region in ("US", "NL", "CA", "AU", "PT"):
            assert redact(f"it says {number} on it", "all", region) == f"it says {number} on it"


def test_ids_of_many_countries_have_rules() -> None:
    assert len({rule.country for rule in RULES}) >= 30


def test_numbers_without_a_library_are_checked_by_their_own_rules() -> None:
    assert is_pension_number("65 170839 J 003")
    assert not is_pension_number("65 170839 J 004")
    assert is_medicare("2123 45670 1")
    assert not is_medicare("2123 45671 1")
    assert is_nino("AB123456C")
    assert not is_nino("QQ123456C")


def test_the_field_of_a_record_names_its_kind() -> None:
    assert field_kind("Customer name") == "name"
    assert field_kind("shipping_address:") == "address"
    assert field_kind("plan") is None


def test_the_language_and_the_set_region_tell_whose_numbers_are_likely() -> None:
    assert likely_regions("Ich bin nicht da und bitte um Rückruf", "")[0] == "DE"
    assert likely_regions("hello", "FR")[0] == "FR"
    assert "GB" in likely_regions("that was £20", "")


HOSTILE = {
    "digits": "0 0",
    "phones": "020 7946 0958, ",
    "ids": "123-45-6789 ",
    "ibans": "DE89 3704 0044 0532 0130 00 ",
    "streets": "12 rue de la ",
    "links": "?a=b&/a.b@c.",
    "words": "my name is Ab pin is ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_bounded_time(name: str) -> None:
    piece = HOSTILE[name]
    text = (piece * (SIZE // len(piece) + 1))[:SIZE]
    start = time.process_time()
    gb(text)
    assert time.process_time() - start < SECONDS


def test_nothing_is_loaded_until_something_is_redacted() -> None:
    code = (
        "import sys, agent_assist.privacy.redaction as r\n"
        "assert 'phonenumbers' not in sys.modules and 'stdnum' not in sys.modules\n"
        "r.Redactor('none').text('07911 123456')\n"
        "assert 'phonenumbers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_extra_is_asked_for_without_being_imported() -> None:
    assert installed() == (importlib.util.find_spec("presidio_analyzer") is not None)
    assert "presidio_analyzer" not in sys.modules
