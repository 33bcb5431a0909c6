"""What a loaded model reads and answers with a voice and without it, told from a process of its own.

The app's own never imports llama.cpp.
"""

from __future__ import annotations

from pathlib import Path


def read_then_answer(model_file: Path, voice: Path | None, speaks: bool) -> tuple[bytes, int | None]:
    """What the model holds of a sentence read without the voice, and the likeliest token after it."""
    from agent_assist.llm.llama import Llama
    from agent_assist.llm.plan import Slot
    from agent_assist.llm.templates import Piece

    model = Llama(model_file, 256, 2, 1, True, lambda _done: None, lambda: False, voice)
    tokens = model.tokenize([Piece("My desk was due on Monday and it still isn't here.", False)])
    model.speak(with_voice=False)
    model.decode([Slot(token, k, (0,)) for k, token in enumerate(tokens)])
    read = model.save(0).tobytes()
    model.speak(with_voice=speaks)
    model.decode([Slot(tokens[0], len(tokens), (0,), True)])
    return read, model.choose(model.sampler(0, 1, ""), 0)
