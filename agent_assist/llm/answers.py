"""One answer while it is written: its text token by token, and when it ends."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from agent_assist.llm.engine import Branch, EndReason
from agent_assist.llm.llama import Llama, Sampler

_SENTENCE_END = re.compile(
    r"""(?<![.\s][A-Za-z])(?<!\b(?:Mr|Ms|Dr|St|No|vs))(?<!\b(?:Mrs|etc|e\.g|i\.e))[.!?]+["'”’)]*(?=\s)"""
)


@dataclass(slots=True)
class Answer:
    """One answer.

    Attributes:
        branch: what was asked for.
        sequence: in which of the model's sequences it is written.
        tokens: of its task and opening.
        sampler: chooses its tokens.
        text: opening and what is written so far.
        next: the token that was chosen last, which the model has not read yet.
        position: where that token stands; before the first one, where the task's last token does.
        written: how many tokens the text has beyond the opening.
        reason: why it ended; None while it goes on.
    """

    branch: Branch
    sequence: int
    tokens: list[int]
    sampler: Sampler
    text: str
    next: int = -1
    position: int = 0
    written: int = 0
    reason: EndReason | None = None
    _decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("ignore"))

    def choose(self, model: Llama, output: int) -> str:
        """Chooses the next token from the logits of batch position `output`, and sees whether that ends the answer.

        Returns:
            What came to the text; less may stay of it than came where the answer ends with a sentence.
        """
        before = len(self.text)
        self.next = model.choose(self.sampler, output)
        self.position += 1
        self._take(model)
        return self.text[before:]

    def _take(self, model: Llama) -> None:
        branch = self.branch
        if model.ends(self.next):
            self.text += self._decoder.decode(b"", final=True)
            self.reason = EndReason.FINISHED
            return
        self.text += self._decoder.decode(model.piece(self.next))
        self.written += 1
        if branch.sentences:
            # The space after a full stop comes with the next word: "3." may go on as "3.50".
            ends = list(_SENTENCE_END.finditer(self.text))
            if len(ends) >= branch.sentences:
                self.text = self.text[: ends[branch.sentences - 1].end()]
                self.reason = EndReason.SENTENCES
                return
        if self.written >= branch.max_tokens:
            self.reason = EndReason.LENGTH
