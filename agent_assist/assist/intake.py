"""Taking a conversation into the language model's memory before anything is asked."""

from __future__ import annotations

from agent_assist.assist.chat import Chat, chat_of
from agent_assist.assist.moment import find_moment
from agent_assist.assist.replies import none_offered, reply_branches
from agent_assist.assist.summary import summary_branches
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Branch, Engine, Request, Result
from agent_assist.records import ContextUse, Conversation, Mood


def take_in(conversation: Conversation, mood: Mood, engine: Engine, token: CancelToken) -> ContextUse:
    """Reads what is new of a conversation, and ahead what will be asked of it; writes nothing.

    Args:
        conversation: as far as it has come.
        mood: as read from it.
        engine: serves one request here.
        token: stops the work; what was read by then stays known.

    Raises:
        KnownError: the model cannot be loaded or its process died.
        Cancelled: the token was cancelled.
    """
    chat = chat_of(conversation)
    request = Request(chat.messages, tuple(branches_for(conversation, mood, voice=engine.voice)), ahead=True)
    return context_use(chat, engine.run(request, lambda _event: None, token))


def branches_for(conversation: Conversation, mood: Mood, *, voice: bool = False) -> list[Branch]:
    """Everything that the model is asked for one moment; replies first, for the agent waits for those.

    Args:
        conversation: as far as it has come.
        mood: as read from it.
        voice: the model has learned our voice.
    """
    none = none_offered(conversation)
    replies = [] if none else reply_branches(conversation, find_moment(conversation, mood), voice=voice)
    return [*replies, *summary_branches(conversation, voice=voice)]


def context_use(chat: Chat, result: Result, sections: int = 1) -> ContextUse:
    """How much of the model's context a conversation took."""
    used = result.stats.prompt_tokens
    return ContextUse(used, max(result.limit, used), chat.turns_of(result.left_out), sections)
