"""What the language model is asked for a rewrite: sentence by sentence, shown by examples of its own kind."""

from __future__ import annotations

from agent_assist.llm.engine import Branch, Message, Role
from agent_assist.records import Wish

LINE = r"root ::= [^\n\r<>{}|#*`\[\]]+"
"""One line of plain text."""
_LISTENS = r'root ::= [^\n\r<>{}|#*`\[\]()"“”?!]+'

_SYSTEM = {
    Wish.BETTER: "so that it is clear, kind and personal, in plain words",
    Wish.WARMER: "so that it is warmer and more personal",
    Wish.SHORTER: "so that it is much shorter",
    Wish.FORMAL: "so that it is more formal and still friendly",
}
_TASK = (
    "Now you only edit. Rewrite each sentence of your reply {how}. Keep its meaning and every fact. "
    "Add no promise and no new fact. Answer with the sentence alone."
)
# Of trades and things that hardly any conversation is about: words of an example would show in an answer.
_EXAMPLES = {
    Wish.BETTER: (
        (
            "As per our terms the form must be completed prior to processing.",
            "We can start once you have filled in the form.",
        ),
        ("You failed to state which version you use.", "Could you tell me which version you're using?"),
        ("Please be advised that the item is not in stock at the present time.", "This item isn't in stock right now."),
    ),
    Wish.WARMER: (
        (
            "The form must be completed before the claim can be processed.",
            "Once you've filled in the form, we can start on your claim.",
        ),
        ("Please state which version you use.", "Could you tell me which version you're using?"),
        ("This item is not in stock.", "I'm sorry, this one isn't in stock right now."),
    ),
    Wish.SHORTER: (
        (
            "In order to be able to look into this, we would need you to send us the serial number of your device.",
            "Please send us the serial number of your device.",
        ),
        (
            "I just wanted to let you know that the branch is going to be closed on Monday due to it being a holiday.",
            "The branch is closed on Monday for the holiday.",
        ),
        ("Thank you so much for getting in touch with us about this today.", "Thanks for getting in touch."),
    ),
    Wish.FORMAL: (
        (
            "Can't do that without your ID, sorry.",
            "I am sorry, but we require your identification before we can do this.",
        ),
        ("Just shoot us a DM with the serial number.", "Please send us the serial number by direct message."),
        ("Hey, that's super weird!", "That is unusual indeed."),
    ),
}
_OWN = (
    "Now you only edit. The user gives you a draft of your reply and what to change. "
    "Write the reply to the customer again with that change. Keep every fact of the draft and add nothing else."
)
_OWN_EXAMPLES = (
    (
        "Draft: Your card is blocked. Please visit a branch.\nChange: explain that it is for safety",
        "Your card is blocked for safety. Please visit a branch.",
    ),
    (
        "Draft: We got your form. We will check it. Bye.\nChange: thank them, friendlier end",
        "Thank you for sending us your form. We will check it. All the best!",
    ),
)


def sentence_branch(key: str, sentence: str, wish: Wish) -> Branch:
    """Asks for one sentence of a draft in other words."""
    task = [Message(Role.SYSTEM, _TASK.format(how=_SYSTEM[wish]))]
    for before, after in _EXAMPLES[wish]:
        task += [Message(Role.USER, before), Message(Role.ASSISTANT, after)]
    most = 16 + 2 * len(sentence.split())
    return Branch(key, (*task, Message(Role.USER, sentence)), max_tokens=most, sentences=1, grammar=LINE)


def draft_branch(key: str, draft: str, instruction: str) -> Branch:
    """Asks for a whole draft with a change of the agent's own."""
    task = [Message(Role.SYSTEM, _OWN)]
    for before, after in _OWN_EXAMPLES:
        task += [Message(Role.USER, before), Message(Role.ASSISTANT, after)]
    asked = Message(Role.USER, f"Draft: {' '.join(draft.split())}\nChange: {' '.join(instruction.split())}")
    return Branch(key, (*task, asked), max_tokens=60 + 2 * len(draft.split()), grammar=LINE)


def listening_branch(key: str, opening: str) -> Branch:
    """Asks the model to go on with an opening that says back what happened, as a part of the conversation."""
    return Branch(key, (), opening, max_tokens=36, sentences=1, grammar=_LISTENS)
