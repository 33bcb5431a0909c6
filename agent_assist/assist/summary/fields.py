"""What the language model is asked for: lines begun by us, continued by it on the conversation it has already read.

Three beginnings for the issue cost little beside one, since all share what was read, and the writer shows the one that
the conversation carries best. What the customer has tried and what the agent answered are told by rule instead
(`answers`): the model mixes up who did what in about one of three.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_assist.llm.engine import Branch, Message, Role
from agent_assist.records import Conversation, Speaker

_TASK = Message(
    Role.SYSTEM,
    "The chat pauses here. Sum it up for a colleague in short sentences of reported speech: what the customer "
    "complains about or asks for, what they have done about it, what they want now. Only what was said above.",
)
_LINE = r'root ::= [^\n\r<>{}|#*`\[\]()"“”]+'
_MOST_TOKENS = 44


@dataclass(frozen=True, slots=True)
class Opening:
    """A line to be written.

    Attributes:
        key: names it among its siblings.
        text: the words it begins with.
        lead: words before those that only the model sees.
    """

    key: str
    text: str
    lead: str = ""

    def branch(self) -> Branch:
        """It, as the engine is asked for it."""
        return Branch(self.key, (_TASK,), self.lead + self.text, max_tokens=_MOST_TOKENS, sentences=1, grammar=_LINE)


OUR_SIDE = (Speaker.AGENT, Speaker.BOT)
WANTS = "summary.wants"
"""Key of the line that says what the customer wants."""
COMPLAINS = Opening("summary.issue", "The customer is complaining that")
ABOUT = Opening("summary.issue.about", "The customer is complaining about")
ASKS = Opening("summary.issue.asks", "The customer is asking")
ISSUES = {o.key: o for o in (COMPLAINS, ABOUT, ASKS)}
OURS = Opening("summary.agent", "The agent")
"""What our side has said: asked only of a model that has learned our voice, others mix up who did what."""
WISH = Opening(WANTS, "The customer wants", "What the customer asks for now: ")


def summary_branches(conversation: Conversation, *, voice: bool = False) -> list[Branch]:
    """The lines that the model is asked for, all of one task; none where no customer has written.

    Args:
        conversation: what is summed up.
        voice: the model has learned our voice; then it also says what our side did, where that has written.
    """
    if not conversation.customer_turns:
        return []
    ours = voice and any(turn.speaker in OUR_SIDE for turn in conversation.turns)
    return [opening.branch() for opening in (*ISSUES.values(), WISH, *((OURS,) if ours else ()))]
