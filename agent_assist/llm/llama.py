"""llama.cpp through its C interface. The only importer of llama_cpp, and it runs in the worker process alone.

The high-level class of llama-cpp-python serves one sequence at a time; sharing one conversation among several answers
needs sequences and batches, which only the C interface offers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import llama_cpp.llama_cpp as c
import numpy as np
from numpy import ctypeslib  # by name: numpy would import it at its first use, when the sandbox lets nothing be read
from numpy.typing import NDArray

from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.llm.plan import Slot
from agent_assist.llm.templates import Piece

BATCH = 128
"""Most tokens of one decode call."""

_DECODE_ABORTED = 2
_MARKED = c.LLAMA_TOKEN_ATTR_CONTROL | c.LLAMA_TOKEN_ATTR_USER_DEFINED
_TOP_K = 40
_TOP_P = 0.95
_NEAR = 256
"""How many of the likeliest tokens are put to a grammar before all of them are."""
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""`llama_token_data`."""


class Sampler:
    """Chooses the next token of one answer: a chain of llama.cpp samplers, held to a grammar where there is one.

    The chain's choice is tested alone first, then the likeliest tokens, and the grammar walks the whole vocabulary only
    where it refuses them all: walking 150,000 tokens each time would cost more than the model itself.
    """

    def __init__(self, vocab: ctypes.c_void_p, words: int, temperature: float, seed: int, grammar: str) -> None:
        self._words = words
        self._greedy = temperature <= 0
        self._chain = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        if temperature > 0:
            for link in (
                c.llama_sampler_init_top_k(_TOP_K),
                c.llama_sampler_init_top_p(_TOP_P, 1),
                c.llama_sampler_init_temp(temperature),
                c.llama_sampler_init_dist(seed),
            ):
                c.llama_sampler_chain_add(self._chain, link)
        else:
            c.llama_sampler_chain_add(self._chain, c.llama_sampler_init_greedy())
        self._grammar = c.llama_sampler_init_grammar(vocab, grammar.encode(), b"root") if grammar else None
        if grammar and not self._grammar:
            raise BugError("a grammar of ours does not parse")

    def choose(self, context: ctypes.c_void_p, output: int) -> int:
        """The next token, from the logits of batch position `output`."""
        if self._greedy:
            # llama.cpp's chain would lay the whole vocabulary out as candidates first.
            token = int(self._logits(context, output).argmax())
        else:
            token = int(c.llama_sampler_sample(self._chain, context, output))
        if self._grammar is None:
            return token
        if not self._allows(token):
            token = self._choose_allowed(context, output)
        c.llama_sampler_accept(self._grammar, token)
        return token

    def _logits(self, context: ctypes.c_void_p, output: int) -> NDArray[np.float32]:
        return ctypeslib.as_array(c.llama_get_logits_ith(context, output), (self._words,))

    def _allows(self, token: int) -> bool:
        data = (c.llama_token_data * 1)(c.llama_token_data(token, 1.0, 0.0))
        array = c.llama_token_data_array(data, 1, -1, False)
        c.llama_sampler_apply(self._grammar, ctypes.byref(array))
        return bool(data[0].logit != float("-inf"))

    def _choose_allowed(self, context: ctypes.c_void_p, output: int) -> int:
        logits = self._logits(context, output)
        near = min(_NEAR, self._words)
        for ids in (np.argpartition(logits, -near)[-near:], np.arange(self._words)):
            token = self._choose_among(ids, logits)
            if token is not None:
                return token
        raise BugError("a grammar of ours allows nothing")

    def _choose_among(self, ids: NDArray[np.intp], logits: NDArray[np.float32]) -> int | None:
        """The chain's choice among the candidates that the grammar allows; None if it allows none of them."""
        candidates = np.zeros(len(ids), _CANDIDATE)
        candidates["id"] = ids
        candidates["logit"] = logits[ids]
        data = candidates.ctypes.data_as(ctypes.POINTER(c.llama_token_data))
        array = c.llama_token_data_array(data, len(ids), -1, False)
        c.llama_sampler_apply(self._grammar, ctypes.byref(array))
        if not np.isfinite(candidates["logit"]).any():
            return None
        c.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def close(self) -> None:
        """Frees the samplers."""
        c.llama_sampler_free(self._chain)
        if self._grammar is not None:
            c.llama_sampler_free(self._grammar)


class Llama:
    """A loaded model with one context of several sequences.

    Args:
        path: a GGUF file.
        context: tokens that the context holds, over all sequences.
        sequences: how many sequences may live at once.
        threads: processor threads.
        plain: keep to the processor's common instructions; slower, and safe where the special ones fail.
        on_progress: called with 0 to 1 while the file is loaded.
        stop: looked at often, also in the middle of a computation; True ends it with Cancelled.
        voice: a GGUF adapter made for this very file; `speak` says when it takes part, and at first it does not.

    Raises:
        KnownError: a file is damaged, of an unknown kind, or does not fit in memory.
        Cancelled: `stop` said so while loading.
    """

    def __init__(
        self,
        path: Path,
        context: int,
        sequences: int,
        threads: int,
        plain: bool,
        on_progress: Callable[[float], None],
        stop: Callable[[], bool],
        voice: Path | None = None,
    ) -> None:
        # ctypes callbacks die with their Python object, so each is kept on self.
        self._silence = c.llama_log_callback(lambda _level, _text, _data: None)
        c.llama_log_set(self._silence, None)
        c.llama_backend_init()
        self._stop = stop

        def progress(done: float, _data: object) -> bool:
            on_progress(done)
            return not stop()

        progress_callback = c.llama_progress_callback(progress)
        model_params = c.llama_model_default_params()
        model_params.progress_callback = progress_callback
        model_params.use_extra_bufts = not plain
        # The special units want the weights laid out anew: with the file mapped, most of them are in memory twice.
        model_params.load_mode = c.LLAMA_LOAD_MODE_MMAP if plain else c.LLAMA_LOAD_MODE_NONE
        self._model = c.llama_model_load_from_file(str(path).encode(), model_params)
        if not self._model:
            if stop():
                raise Cancelled("stopped")
            raise KnownError(
                f"The language model {path.name} cannot be loaded; the file may be damaged or memory too short. "
                "Check it with: agent-assist models verify."
            )
        self._vocab = c.llama_model_get_vocab(self._model)
        self._words = int(c.llama_vocab_n_tokens(self._vocab))
        self._context = self._make_context(context, sequences, threads)
        self._voice = self._take_on(voice) if voice is not None else None
        self._speaks = False
        self._abort = c.ggml_abort_callback(lambda _data: stop())
        c.llama_set_abort_callback(self._context, self._abort, None)
        self._memory = c.llama_get_memory(self._context)
        self._batch = c.llama_batch_init(BATCH, 0, sequences)
        self._spellings: dict[int, tuple[int, ...]] = {}
        self.context = int(c.llama_n_ctx(self._context))
        self._warm_up()

    def _make_context(self, context: int, sequences: int, threads: int) -> ctypes.c_void_p:
        params = c.llama_context_default_params()
        params.n_ctx = min(context, int(c.llama_model_n_ctx_train(self._model)))
        params.n_batch = params.n_ubatch = BATCH
        params.n_seq_max = params.n_outputs_max = sequences
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = threads
        made = c.llama_init_from_model(self._model, params)
        if not made:
            raise KnownError(
                "There is not enough memory for the language model's context. "
                "Close other programs, lower llm.context_tokens, or choose a smaller model."
            )
        return ctypes.c_void_p(made)

    def _take_on(self, voice: Path) -> ctypes.Array[ctypes._Pointer[ctypes.c_void_p]]:
        """Loads an adapter; llama.cpp frees it with the model."""
        adapter = c.llama_adapter_lora_init(self._model, str(voice).encode())
        if not adapter:
            raise KnownError(
                f"The voice {voice.name} cannot be loaded; memory may be short. Close other programs and try again, "
                "or switch our voice off in the settings (llm.voice)."
            )
        return (c.llama_adapter_lora_p_ctypes * 1)(adapter)

    def speak(self, with_voice: bool) -> None:
        """Whether the voice takes part in what is computed from now on; without one nothing changes.

        The conversation is read without it and only tasks and answers with it, as it was trained: reading costs nothing
        more, and what was read holds for both.
        """
        if self._voice is None or with_voice == self._speaks:
            return
        if c.llama_set_adapters_lora(self._context, self._voice, int(with_voice), (ctypes.c_float * 1)(1.0)) != 0:
            raise BugError("llama.cpp refused an adapter that it had loaded")
        self._speaks = with_voice

    def _warm_up(self) -> None:
        """Computes a little, so that an instruction this machine does not carry out shows here and not in a request."""
        for with_voice in (True, False):
            self.speak(with_voice)
            self.decode([Slot(0, k, (0,), k == 0) for k in range(BATCH // 4)])
            self.forget(0)

    def tokenize(self, pieces: Iterable[Piece]) -> list[int]:
        """Pieces as tokens; only control pieces can become control tokens."""
        tokens: list[int] = []
        for piece in pieces:
            found = self._tokens(piece.text, piece.control)
            tokens += found if piece.control else [t for token in found for t in self._spelled(token)]
        return tokens

    def _tokens(self, text: str, control: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (c.llama_token * room)()
        count = c.llama_tokenize(self._vocab, data, len(data), buffer, room, False, control)
        if count < 0:
            raise BugError("a prompt piece gave more tokens than bytes")
        return buffer[:count]

    def _spelled(self, token: int) -> tuple[int, ...]:
        """A token of content; spelled out where models may take it for a mark, which some files call ordinary text."""
        known = self._spellings.get(token)
        if known is None:
            text = bytes(c.llama_vocab_get_text(self._vocab, token) or b"").decode("utf-8", "replace")
            marked = bool(c.llama_vocab_get_attr(self._vocab, token) & _MARKED) and text.startswith("<")
            parts = (text[:1], text[1:]) if marked or self.ends(token) else ()
            known = tuple(t for part in parts for t in self._tokens(part, False)) or (token,)
            self._spellings[token] = known
        return known

    def piece(self, token: int) -> bytes:
        """The bytes of a token; a control token has none. They need not be whole characters."""
        size = 256
        buffer = ctypes.create_string_buffer(size)
        count = int(c.llama_token_to_piece(self._vocab, token, buffer, size, 0, False))
        if count < 0:
            size = -count
            buffer = ctypes.create_string_buffer(size)
            count = int(c.llama_token_to_piece(self._vocab, token, buffer, size, 0, False))
        return buffer.raw[:count]

    def ends(self, token: int) -> bool:
        """True for a token with which the model ends its answer."""
        return bool(c.llama_vocab_is_eog(self._vocab, token))

    def sampler(self, temperature: float, seed: int, grammar: str) -> Sampler:
        """A sampler for one answer; close it after use."""
        return Sampler(self._vocab, self._words, temperature, seed, grammar)

    def choose(self, sampler: Sampler, output: int) -> int:
        """The next token by `sampler`, from the logits of position `output` of the last decode."""
        return sampler.choose(self._context, output)

    def decode(self, slots: Sequence[Slot]) -> None:
        """Runs at most `BATCH` tokens through the model.

        Raises:
            Cancelled: `stop` said so; what the batch added has to be forgotten by the caller.
            KnownError: the context is full.
        """
        batch = self._batch
        batch.n_tokens = len(slots)
        for i, slot in enumerate(slots):
            batch.token[i] = slot.token
            batch.pos[i] = slot.pos
            batch.n_seq_id[i] = len(slot.sequences)
            for j, sequence in enumerate(slot.sequences):
                batch.seq_id[i][j] = sequence
            batch.logits[i] = slot.logits
        code = int(c.llama_decode(self._context, batch))
        if code == _DECODE_ABORTED or (code != 0 and self._stop()):
            raise Cancelled("stopped")
        if code == 1:
            raise KnownError("The conversation is too long for the language model's context.")
        if code != 0:
            raise BugError(f"llama_decode failed with {code}")

    def copy(self, source: int, target: int, end: int = -1) -> None:
        """Lets a sequence begin with what another one holds before position `end`, or with all of it; at no cost."""
        c.llama_memory_seq_cp(self._memory, source, target, -1, end)

    def forget(self, sequence: int, start: int = 0) -> None:
        """Drops what a sequence holds from position `start` on."""
        c.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def save(self, sequence: int) -> NDArray[np.uint8]:
        """All that a sequence holds, for `restore`. Milliseconds: it is a copy."""
        saved = np.empty(int(c.llama_state_seq_get_size(self._context, sequence)), np.uint8)
        size = int(c.llama_state_seq_get_data(self._context, _bytes_of(saved), saved.nbytes, sequence))
        return saved[:size]

    def restore(self, sequence: int, saved: NDArray[np.uint8]) -> bool:
        """Lets a sequence hold what was saved instead of what it holds; where that fails it holds nothing."""
        self.forget(sequence)
        if c.llama_state_seq_set_data(self._context, _bytes_of(saved), saved.nbytes, sequence):
            return True
        self.forget(sequence)
        return False


def _bytes_of(data: NDArray[np.uint8]) -> ctypes._Pointer[ctypes.c_uint8]:
    return data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
