"""Help for a conversation that goes on: when it is asked for again unasked, and lines that stay as they were.

Its functions read whole conversations: they are called in lanes.
"""

from __future__ import annotations

from dataclasses import replace

from agent_assist.jobs import CancelToken
from agent_assist.records import Analysis, Assist, AssistEvent, Conversation, Mood, Speaker, SummaryDraft, Turn
from ui.bridge import Post
from ui.live import added
from ui.ports import DeskPort


def worth_asking(
    desk: DeskPort, told: Analysis | None, now: Conversation, mood: Mood, turns: tuple[Turn, ...] | None
) -> bool:
    """Whether what came to a conversation is to be answered with new help.

    Args:
        desk: decides what is more than a courtesy.
        told: the moment that the help in the window was written for; None where there is none.
        now: the conversation as it stands.
        mood: as read from that. A spike is never left without help, however few words it has.
        turns: what came; None where earlier turns changed too.
    """
    if turns is None:
        return True
    if not any(turn.speaker is Speaker.CUSTOMER for turn in turns):
        return False
    if told is None or desk.worth_refreshing(told.conversation, now):
        return True
    return any(spike.turn >= len(told.conversation.turns) for spike in mood.spikes)


def help_anew(
    desk: DeskPort, told: Analysis | None, now: Conversation, mood: Mood, post: Post, token: CancelToken
) -> Assist:
    """`Desk.assist`, with the lines of the summary in the window wherever the new ones say nearly the same.

    Args:
        desk: asked for both.
        told: the moment that the help in the window was written for. Its lines count where only turns came since.
        now: the conversation as it stands.
        mood: as read from that.
        post: told of the parts, settled likewise.
        token: stops the work.
    """
    if told is None or told.assist is None or not added(told.conversation, now):
        return desk.assist(now, mood, post, token)
    old = told.assist.summary

    def tell(event: AssistEvent) -> None:
        post(replace(event, summary=desk.settle(old, event.summary)) if isinstance(event, SummaryDraft) else event)

    assist = desk.assist(now, mood, tell, token)
    return replace(assist, summary=desk.settle(old, assist.summary))
