"""The product's tokeniser, without the weights. Apart from the prompts: this alone imports llama.cpp."""

from __future__ import annotations

from pathlib import Path

import llama_cpp.llama_cpp as c

from agent_assist.errors import KnownError
from agent_assist.llm.llama import Llama


class Vocabulary(Llama):
    """The product's tokeniser alone, without the weights.

    Args:
        path: a GGUF file.

    Raises:
        KnownError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        # Not the parent's constructor: that loads the whole model.
        self._silence = c.llama_log_callback(lambda _level, _text, _data: None)
        c.llama_log_set(self._silence, None)
        c.llama_backend_init()
        params = c.llama_model_default_params()
        params.vocab_only = True
        self._model = c.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise KnownError(f"The language model {path.name} cannot be read. Fetch it again.")
        self._vocab = c.llama_model_get_vocab(self._model)
        self._spellings = {}
