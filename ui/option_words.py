"""Options in the words that the window shows. No widgets here."""

from __future__ import annotations

from agent_assist.settings import (
    BACKUP,
    BACKUP_FOLDER,
    EXPORT,
    KEEP_DAYS,
    LOCK_AFTER,
    OPTIONS,
    REDACT_EXPORT,
    REDACT_MODEL,
    REDACT_NAMES,
    REDACT_ROLEPLAY,
    REDACT_STORE,
    SCORES,
    VOICE,
    Option,
)

AnyOption = Option[str] | Option[int] | Option[bool]

SECTIONS: dict[str, str] = {
    "privacy": "Privacy & safety",
    "llm": "Language model",
    "assist": "Suggestions",
    "history": "History",
    "backup": "Backups",
    "window": "Window",
    "ways": "Ways in",
}
"""Titles of the groups of options, by the first part of their names."""
ORDER = ("assist", "llm", "history", "privacy", "backup", "ways", "window")
"""The groups from the one that is changed most; what is not named here comes last."""
TITLES: dict[str, str] = {
    VOICE.name: "Our voice",
    SCORES.name: "How your own words read",
    "ways.programs": "Browser and other programs",
    "ways.clipboard": "Clipboard",
    "ways.clipboard_deny": "Never from these programs",
    "ways.folder": "Watched folder",
    "ways.hotkey": "Key for the selected text",
    LOCK_AFTER.name: "Lock after, in minutes",
    KEEP_DAYS.name: "Keep for, in days",
    REDACT_STORE.name: "Black out in what is kept",
    REDACT_MODEL.name: "Black out before the language model",
    REDACT_EXPORT.name: "Black out in exports",
    REDACT_ROLEPLAY.name: "Replace in practice",
    REDACT_NAMES.name: "Names too",
    EXPORT.name: "Exports",
    BACKUP.name: "Every day by itself",
    BACKUP_FOLDER.name: "Backup folder",
}
"""Words for the options whose name alone does not tell what they are."""
REDACTIONS: dict[str, str] = {
    "none": "Nothing",
    "payment": "Cards and accounts",
    "all": "Everything personal",
}
"""How much is blacked out."""
_REDACTED = frozenset((REDACT_STORE.name, REDACT_MODEL.name, REDACT_EXPORT.name, REDACT_ROLEPLAY.name))


def option_title(option: AnyOption) -> str:
    """What an option is called."""
    return TITLES.get(option.name) or option.name.split(".", 1)[1].replace("_", " ").capitalize()


def choice_words(option: AnyOption, choice: str) -> str:
    """What one of an option's choices is called."""
    return REDACTIONS[choice] if option.name in _REDACTED else choice.capitalize()


def value_words(name: str, value: object) -> str:
    """An option's value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    option = next((o for o in OPTIONS if o.name == name), None)
    if isinstance(value, str) and option is not None and option.choices:
        return choice_words(option, value).lower()
    return str(value) if value != "" else "none"


def grouped() -> tuple[AnyOption, ...]:
    """All options, group by group."""
    rooms = dict.fromkeys((*ORDER, *(option.name.split(".", 1)[0] for option in OPTIONS)))
    return tuple(option for room in rooms for option in OPTIONS if option.name.startswith(f"{room}."))
