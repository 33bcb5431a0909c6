"""One typed table of options, and the file that holds what the user changed."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import tomli_w

from agent_assist.errors import BugError, KnownError
from agent_assist.paths import read_table

T = TypeVar("T", bool, int, str)
Value = bool | int | str
"""What an option may hold."""

_NOTHING: Mapping[str, Value] = MappingProxyType({})
_NO_REASONS: Mapping[str, str] = MappingProxyType({})
_NO_REASON = "Your organisation's policy sets this."


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One option.

    Attributes:
        name: dotted, as in the file and in the documentation.
        default: its type is the option's type.
        help: one line for a person.
        choices: the values allowed, empty for any.
        low, high: the range of a number, inclusive.
    """

    name: str
    default: T
    help: str
    choices: tuple[T, ...] = ()
    low: int | None = None
    high: int | None = None

    def problem(self, value: object) -> str | None:
        """What is wrong with `value`, in words; None if nothing is."""
        if type(value) is not type(self.default):
            return f"must be a {_WORDS[type(self.default)]}"
        if self.choices and value not in self.choices:
            return "must be one of " + ", ".join(map(str, self.choices))
        if isinstance(value, int) and self.low is not None and value < self.low:
            return f"must be at least {self.low}"
        if isinstance(value, int) and self.high is not None and value > self.high:
            return f"must be at most {self.high}"
        return None


_WORDS: dict[type, str] = {bool: "yes or no", int: "whole number", str: "text"}

MODEL = Option("llm.model", "", "Language model to use; empty takes the best installed one that memory allows.")
CONTEXT = Option("llm.context_tokens", 4096, "Tokens of conversation and answer that the model holds.", (), 1024, 32768)
THREADS = Option("llm.threads", 0, "Processor threads for the language model; 0 takes one per core.", (), 0, 256)
VOICE = Option(
    "llm.voice", True, "Write replies and summaries with an adapter made for this product, where the model has one."
)
AUTO_ASSIST = Option("assist.automatic", True, "Ask for summary and replies as soon as a conversation is pasted.")
SAVE = Option("history.save", True, "Keep each analysed conversation in the encrypted history.")
THEME = Option("window.theme", "system", "Light or dark, or as the system has it.", ("system", "light", "dark"))
ON_TOP = Option("window.always_on_top", False, "Keep the sidebar above other windows.")
WIDTH = Option("window.width", 420, "Width of the sidebar in pixels.", (), 360, 480)
PROGRAMS = Option(
    "ways.programs",
    False,
    "Take in what the browser extension, agent-assist push and hook serve bring.",
)
CLIPBOARD = Option(
    "ways.clipboard",
    False,
    "Offer to take in a conversation that was copied in another program.",
)
CLIPBOARD_DENY = Option(
    "ways.clipboard_deny", "", "Programs whose copies are never looked at, by name, separated by commas."
)
FOLDER = Option("ways.folder", "", "Folder whose new files are taken in; empty for none.")
HOTKEY = Option("ways.hotkey", "", "Keys that take in the selected text from anywhere: <ctrl>+<alt>+a; empty for none.")
LOCK_AFTER = Option(
    "privacy.lock_after", 30, "Minutes without a key or click after which it locks; 0: never.", (), 0, 480
)
KEEP_DAYS = Option(
    "privacy.keep_days", 0, "Days that a conversation is kept after its last save; 0: for ever.", (), 0, 36500
)
_REDACTIONS = ("none", "payment", "all")
REDACT_STORE = Option("privacy.redact_store", "payment", "What is blacked out in what is kept.", _REDACTIONS)
REDACT_MODEL = Option(
    "privacy.redact_model", "none", "What the language model on this machine is not shown.", _REDACTIONS
)
REDACT_EXPORT = Option("privacy.redact_export", "all", "What is blacked out in exports.", _REDACTIONS)
REDACT_ROLEPLAY = Option(
    "privacy.redact_roleplay",
    "all",
    "What will be replaced in practice made of real cases.",
    _REDACTIONS,
)
REDACT_NAMES = Option(
    "privacy.redact_names", True, "Black out names too, where everything is and the extra is installed."
)
EXPORT = Option("privacy.export", True, "Allow conversations to be exported.")
SCORES = Option("assist.scores", True, "Show agents how their own words read; nobody else ever sees that.")
BACKUP = Option("backup.automatic", True, "Back the history up every day.")
BACKUP_FOLDER = Option("backup.folder", "", "Folder for backups; empty: beside the history.")

OPTIONS: tuple[Option[str] | Option[int] | Option[bool], ...] = (
    MODEL,
    CONTEXT,
    THREADS,
    VOICE,
    AUTO_ASSIST,
    SAVE,
    THEME,
    ON_TOP,
    WIDTH,
    PROGRAMS,
    CLIPBOARD,
    CLIPBOARD_DENY,
    FOLDER,
    HOTKEY,
    LOCK_AFTER,
    KEEP_DAYS,
    REDACT_STORE,
    REDACT_MODEL,
    REDACT_EXPORT,
    REDACT_ROLEPLAY,
    REDACT_NAMES,
    EXPORT,
    SCORES,
    BACKUP,
    BACKUP_FOLDER,
)
_BY_NAME = {option.name: option for option in OPTIONS}


class Settings:
    """The options' values: what the site's policy fixes, else the file at `path`, else the defaults.

    Args:
        path: the file of what the user changed. Its value of a fixed option stays there, unused.
        fixed: values by option name that nobody can change here.
        reasons: why, by option name, for the person who would like to.

    Raises:
        KnownError: the file cannot be read, or it or `fixed` holds an unknown option or a value out of range.
    """

    def __init__(
        self, path: Path, fixed: Mapping[str, Value] = _NOTHING, reasons: Mapping[str, str] = _NO_REASONS
    ) -> None:
        for name, value in fixed.items():
            problem = option_problem(name, value)
            if problem:
                raise KnownError(f"The site's policy cannot be used: {problem}. Ask whoever wrote it.")
        self._path = path
        self._fixed = dict(fixed)
        self._reasons = dict(reasons)
        self._values: dict[str, Value] = _read(path)
        self._for_now: dict[str, Value] = {}

    def __getitem__(self, option: Option[T]) -> T:
        value: Value = option.default
        for held in (self._fixed, self._for_now, self._values):
            if option.name in held:
                value = held[option.name]
                break
        if type(value) is not type(option.default):
            raise BugError(f"option {option.name} holds a {type(value).__name__}")
        return value

    def locked(self, option: Option[T]) -> str:
        """Why the option cannot be changed here, in words; "" where it can."""
        if option.name not in self._fixed:
            return ""
        return self._reasons.get(option.name) or _NO_REASON

    def set_for_now(self, option: Option[T], value: T) -> None:
        """Gives an option another value for as long as this process lives; the file keeps its own.

        Raises:
            KnownError: the value is not allowed, or the site's policy fixes the option to another one.
        """
        self._refuse(option, value)
        self._for_now[option.name] = value

    def set(self, option: Option[T], value: T) -> None:
        """Changes an option and saves the file, whole or not at all.

        Raises:
            KnownError: the value is not allowed, the site's policy fixes the option to another one, or the file cannot
                be written; the option then keeps its value.
        """
        self._refuse(option, value)
        if option.name in self._fixed:
            return  # it has that value; what the person chose before the policy came stays in the file
        values: dict[str, Value] = {**self._values, option.name: value}
        if value == option.default:
            del values[option.name]
        _write(self._path, values)
        self._values = values
        self._for_now.pop(option.name, None)

    def _refuse(self, option: Option[T], value: T) -> None:
        problem = option.problem(value)
        if problem:
            raise KnownError(f"The option {option.name} {problem}.")
        if option.name in self._fixed and self._fixed[option.name] != value:
            raise KnownError(f"The option {option.name} cannot be changed here. {self.locked(option)}")


def option_problem(name: str, value: object) -> str | None:
    """What is wrong with an option of that name holding `value`, in words that name it; None if nothing is."""
    option = _BY_NAME.get(name)
    if option is None:
        near = difflib.get_close_matches(name, _BY_NAME, n=1)
        return f"there is no option {name}" + (f", but there is {near[0]}" if near else "")
    problem = option.problem(value)
    return f"the option {name} {problem}" if problem else None


def _read(path: Path) -> dict[str, Value]:
    try:
        tree = tomllib.loads(read_table(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise KnownError(
            f"The settings file {path} cannot be read ({_reason(error)}). Mend it or delete it."
        ) from error
    values: dict[str, Value] = {}
    for name, value in _flat(tree):
        option = _BY_NAME.get(name)
        if option is None:
            near = difflib.get_close_matches(name, _BY_NAME, n=1)
            hint = f" Did you mean {near[0]}?" if near else " Delete that line."
            raise KnownError(f"The settings file {path} has an unknown option {name}.{hint}")
        problem = option.problem(value)
        if problem:
            raise KnownError(f"In the settings file {path} the option {name} {problem}. Mend or delete that line.")
        values[name] = value
    return values


def _flat(tree: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each entry with its dotted name; one outside of any section has no dot, and so is no option."""
    for section, entries in tree.items():
        if isinstance(entries, dict):
            for key, value in entries.items():
                yield f"{section}.{key}", value
        else:
            yield section, entries


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is not in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _write(path: Path, values: dict[str, Value]) -> None:
    tree: dict[str, dict[str, Value]] = {}
    for name, value in values.items():
        section, key = name.split(".", 1)
        tree.setdefault(section, {})[key] = value
    fresh = path.with_suffix(".toml.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            tomli_w.dump(tree, file)
            file.flush()
            os.fsync(file.fileno())  # else a power failure may leave the new name on an empty file
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise KnownError(
            f"The settings cannot be saved to {path} ({_reason(error)}). "
            "Check the folder's permissions and the free space."
        ) from error
