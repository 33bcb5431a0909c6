"""The frames between the app and the language-model worker: JSON, decoded strictly, never pickled.

The worker parses files from outside; if one of them ever took it over, a pickle from it would take over the app too.
"""

from __future__ import annotations

import msgspec

from agent_assist.errors import KnownError
from agent_assist.llm.engine import Ended, EndReason, Loading, Reading, Request, SandboxState, Stats, Text

MAX_FRAME = 32 * 1024 * 1024
"""Most bytes of one frame; a longer one is an error and never read.

Every question (`Load`, `Generate`) has an id, higher than all before it, and every frame says to which one it belongs.
"""


class Load(msgspec.Struct, frozen=True, tag=True):
    """Load a model file. `context` in tokens, `threads` at least 1, `plain` as in `Llama`; `voice` empty for none."""

    id: int
    path: str
    template: str
    context: int
    threads: int
    plain: bool = False
    voice: str = ""


class Generate(msgspec.Struct, frozen=True, tag=True):
    """Serve a request."""

    id: int
    request: Request


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Stop the question `id`; nothing happens where it has ended."""

    id: int


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The model is ready, in a process that is held to `sandbox`."""

    id: int
    sandbox: SandboxState = SandboxState()


class LoadProgress(msgspec.Struct, frozen=True, tag=True):
    """Loading goes on; `done` is 0 to 1."""

    id: int
    done: float


class ReadProgress(msgspec.Struct, frozen=True, tag=True):
    """Reading goes on."""

    id: int
    done: int
    total: int


class Written(msgspec.Struct, frozen=True, tag=True):
    """One step of writing: the next piece of each answer that got one."""

    id: int
    pieces: dict[str, str]
    ended: dict[str, EndReason]


class Done(msgspec.Struct, frozen=True, tag=True):
    """The request is served."""

    id: int
    left_out: tuple[int, ...]
    limit: int
    stats: Stats
    whole: int = 0


class Stopped(msgspec.Struct, frozen=True, tag=True):
    """The question was stopped on demand."""

    id: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The question failed. `message` is a KnownError's text, or says where our `bug` is."""

    id: int
    message: str
    bug: bool = False


ToWorker = Load | Generate | Cancel
FromWorker = Loaded | LoadProgress | ReadProgress | Written | Done | Stopped | Failed

_encoder = msgspec.json.Encoder()
_to_worker: msgspec.json.Decoder[ToWorker] = msgspec.json.Decoder(ToWorker)
_from_worker: msgspec.json.Decoder[FromWorker] = msgspec.json.Decoder(FromWorker)


def encode(frame: ToWorker | FromWorker) -> bytes:
    """A frame as bytes.

    Raises:
        KnownError: it is longer than `MAX_FRAME`.
    """
    data = _encoder.encode(frame)
    if len(data) > MAX_FRAME:
        raise KnownError("The conversation is too long for the language model. Paste the part that matters.")
    return data


def decode_for_worker(data: bytes) -> ToWorker:
    """What the app sent.

    Raises:
        msgspec.ValidationError: it is no frame of ours.
    """
    return _to_worker.decode(data)


def decode_from_worker(data: bytes) -> FromWorker:
    """What the worker sent.

    Raises:
        msgspec.ValidationError: it is no frame of ours.
    """
    return _from_worker.decode(data)


def events(frame: FromWorker) -> list[Loading | Reading | Text | Ended]:
    """What a frame tells the one who asked; empty for the frames that end a request."""
    match frame:
        case LoadProgress(_, done):
            return [Loading(done)]
        case ReadProgress(_, done, total):
            return [Reading(done, total)]
        case Written(_, pieces, ended):
            return [*(Text(k, t) for k, t in pieces.items()), *(Ended(k, r) for k, r in ended.items())]
    return []
