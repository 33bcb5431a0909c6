"""Errors by blame: the user's environment and input, or ours."""

from __future__ import annotations


class AgentAssistError(Exception):
    """Base of every error that this product raises on purpose."""


class KnownError(AgentAssistError):
    """The user's environment or input: shown kindly, in one line, with what to do.

    The message is one or two sentences of plain text: what happened, then what to do. It holds nothing
    that a conversation says; a speaker's name only where the person has to choose one.
    """


class Locked(KnownError):
    """The encrypted history cannot be opened without a passphrase that nobody has given yet."""


class Gone(KnownError):
    """What is to be saved was erased meanwhile, here or by another process: it is not kept again unasked."""


class Cancelled(AgentAssistError):
    """The person asked for work to stop; not a failure and never shown as one."""


class BugError(AgentAssistError):
    """Ours: a state that the code rules out. Logged and reported."""
