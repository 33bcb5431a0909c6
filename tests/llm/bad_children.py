"""Main functions of worker processes that misbehave. They run in processes of their own."""

from __future__ import annotations

import os
import threading
from multiprocessing.connection import Connection

from agent_assist.llm import wire
from agent_assist.llm.engine import Stats


def hang_in_load(pipe: Connection) -> None:
    """Takes everything and never answers."""
    while True:
        pipe.recv_bytes()


def hang_in_request(pipe: Connection) -> None:
    """Loads and never answers a request; never reads again, either."""
    frame = wire.decode_for_worker(pipe.recv_bytes())
    pipe.send_bytes(wire.encode(wire.Loaded(frame.id)))
    pipe.recv_bytes()
    pipe.send_bytes(wire.encode(wire.ReadProgress(frame.id + 1, 0, 1)))
    threading.Event().wait()


def stop_in_the_middle_of_a_frame(pipe: Connection) -> None:
    """Announces a frame and leaves most of it out."""
    frame = wire.decode_for_worker(pipe.recv_bytes())
    pipe.send_bytes(wire.encode(wire.LoadProgress(frame.id, 0.5)))
    os.write(pipe.fileno(), b"\x00\x00\x10\x00{")
    threading.Event().wait()


def send_garbage(pipe: Connection) -> None:
    """Answers with a pickle."""
    pipe.recv_bytes()
    pipe.send_bytes(b"\x80\x04\x8c\x02os\x94.")
    threading.Event().wait()


def send_too_much(pipe: Connection) -> None:
    """Answers with a frame longer than any may be."""
    pipe.recv_bytes()
    pipe.send_bytes(b" " * (wire.MAX_FRAME + 1))
    threading.Event().wait()


def die_unless_plain(pipe: Connection) -> None:
    """Dies while it loads, as a processor unit that is not really there makes it, unless told to do without."""
    frame = wire.decode_for_worker(pipe.recv_bytes())
    if not isinstance(frame, wire.Load) or not frame.plain:
        os.abort()
    pipe.send_bytes(wire.encode(wire.Loaded(frame.id)))
    while True:
        frame = wire.decode_for_worker(pipe.recv_bytes())
        if isinstance(frame, wire.Generate):
            pipe.send_bytes(wire.encode(wire.Done(frame.id, (), 1, Stats())))


def name_the_voice_once_plain(pipe: Connection) -> None:
    """Dies like `die_unless_plain`; then refuses every request with the voice that it was told to load."""
    load = wire.decode_for_worker(pipe.recv_bytes())
    if not isinstance(load, wire.Load) or not load.plain:
        os.abort()
    pipe.send_bytes(wire.encode(wire.Loaded(load.id)))
    while True:
        frame = wire.decode_for_worker(pipe.recv_bytes())
        if isinstance(frame, wire.Generate):
            pipe.send_bytes(wire.encode(wire.Failed(frame.id, load.voice)))


def die(pipe: Connection) -> None:
    """Dies whatever it is told."""
    pipe.recv_bytes()
    os.abort()


def report_a_bug(pipe: Connection) -> None:
    """Loads, and then fails by our fault."""
    frame = wire.decode_for_worker(pipe.recv_bytes())
    pipe.send_bytes(wire.encode(wire.Loaded(frame.id)))
    frame = wire.decode_for_worker(pipe.recv_bytes())
    while not isinstance(frame, wire.Generate):
        frame = wire.decode_for_worker(pipe.recv_bytes())
    pipe.send_bytes(wire.encode(wire.Failed(frame.id, "KeyError in session.py:1", bug=True)))
    threading.Event().wait()
