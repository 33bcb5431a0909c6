"""Numbers that a state gives a person, each by its own check digits and by the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.privacy.redaction.context import Standing, standing
from agent_assist.privacy.redaction.id_rules import RULES, Rule
from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_SIGNS = re.compile(r"[\s.\-/]")


def find_ids(text: str, scene: Scene) -> Iterator[Found]:
    """National ids of the countries in `id_rules`, as those rules have them."""
    for rule in RULES:
        if rule.sure is None and not rule.cue.search(text) and not rule.cue.search(scene.before):
            continue  # most texts hold no word for most ids: nothing else has to be looked at
        for match in rule.shape.finditer(text):
            if _holds(rule, match, scene):
                yield Found(*match.span(), Kind.ID, _SIGNS.sub("", match[0]).upper())


def _holds(rule: Rule, match: re.Match[str], scene: Scene) -> bool:
    if not rule.valid(match[0]):
        return False
    around = standing(match.string, match.start(), match.end(), scene, rule.cue)
    return around is Standing.NAMED or (around is Standing.BARE and _is_sure(rule, match[0], scene))


def _is_sure(rule: Rule, value: str, scene: Scene) -> bool:
    """Whether the spelling alone tells: only that, in its own country, is no other number."""
    if rule.sure is None or not rule.sure.fullmatch(value):
        return False
    return not rule.only_at_home or rule.country in scene.regions
