"""The real tokenizer, asked in a process of its own: the test's process never imports llama.cpp."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from agent_assist.llm.engine import Message, Role
from agent_assist.llm.templates import find_template


def main(pipe: Connection, path: str) -> None:
    """Answers (template, role, text) with the tokens of the message and, for each, whether it is a control token."""
    import llama_cpp.llama_cpp as c

    from agent_assist.llm.llama import Llama

    model = Llama(Path(path), 512, 1, 1, False, lambda _done: None, lambda: False)
    vocab = c.llama_model_get_vocab(model._model)
    while True:
        try:
            template, role, text = pipe.recv()
        except EOFError:
            return
        tokens = model.tokenize(find_template(template).message(Message(Role(role), text)))
        control = [model.ends(t) or bool(c.llama_vocab_get_attr(vocab, t) & c.LLAMA_TOKEN_ATTR_CONTROL) for t in tokens]
        pipe.send((b"".join(model.piece(t) for t in tokens).decode("utf-8", "replace"), control))
