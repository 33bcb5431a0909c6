"""All sources that are connected: let in, listened to one message at a time, told what concerns all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from agent_assist import log
from agent_assist.capture.hook.endpoint import Peer
from agent_assist.capture.hook.frames import encode
from agent_assist.capture.hook.protocol import (
    PROTOCOL,
    Accepted,
    FromSidebar,
    FromSource,
    Paused,
    Push,
    Refused,
    Show,
    Welcome,
)
from agent_assist.capture.hook.visit import Caller, Visit
from agent_assist.errors import KnownError

MAX_SOURCES = 32
"""Connections at once; whoever comes on top of them is told so and let go."""

OnMessage = Callable[[Caller, FromSource], FromSidebar | None]

_TURNS = 8
"""Turns of the loop; three are enough today."""
_FULL = f"{MAX_SOURCES} programs are connected to Agent Assist already. Close one of them."
_OTHER_USER = "Agent Assist takes conversations only from programs of the user that it runs for."
_PAUSED = "Agent Assist is paused. Let it go on in its window."
_OURS = "Something went wrong in Agent Assist. Its log says where; please report it."

_log = log.get("hook")
_numbers = count(1)
"""Over all listeners of this process: a source of one that was closed is never taken for one of the next."""


class Guests:
    """The sources of one listener. All but `callers`, `paused` and `end` belongs to the listener's loop.

    Args:
        on_message, on_change, version, same_user: as for `Listener`.

    Attributes:
        callers: who said who it is; replaced whole, so that any thread may look.
        paused: whether windows and texts are refused for now.
    """

    def __init__(
        self,
        on_message: OnMessage,
        on_change: Callable[[], None],
        version: str,
        same_user: Callable[[Peer], bool],
    ) -> None:
        self.callers: tuple[Caller, ...] = ()
        self.paused = False
        self._on_message, self._on_change = on_message, on_change
        self._version, self._same_user = version, same_user
        self._visits: dict[int, Visit] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # What the app does with a message may take a while; the door is to stay open meanwhile.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="hook-worker")
        self._change_waits = False

    def arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection stands."""
        visit = Visit(next(_numbers), reader, writer)
        task = asyncio.get_running_loop().create_task(self._receive(visit, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._gone(visit, done))

    def send(self, number: int, body: bytes) -> None:
        """Sends a frame's text to one source, if it is still there."""
        visit = self._visits.get(number)
        if visit is not None:
            visit.say(body)

    def tell_all(self) -> None:
        """Tells every source whether anything is taken in."""
        body = encode(Paused(self.paused))
        for visit in self._visits.values():
            if visit.caller is not None:
                visit.say(body)

    async def dismiss(self) -> None:
        """Ends all connections; called when no new ones are taken."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await settle()

    def end(self) -> None:
        """Waits for the message that is being worked on, and takes no more."""
        self._worker.shutdown(cancel_futures=True)

    async def _receive(self, visit: Visit, writer: asyncio.StreamWriter) -> None:
        try:
            self._let_in(visit, writer)
            await self._listen(visit)
        except KnownError as error:
            visit.say(encode(Refused(str(error), final=True)))
        except OSError:
            pass  # the connection broke: there is nobody left to tell
        except Exception as error:  # noqa: BLE001  # the edge of the listener: one source may not end the others'
            _log.error("a source was let go: %s", log.describe(error))
        finally:
            self._let_out(visit)
            await visit.leave()

    def _gone(self, visit: Visit, task: asyncio.Task[None]) -> None:
        # Not at the end of the task: one that is cancelled before its first step never comes to its end.
        visit.cut()
        self._tasks.discard(task)

    def _let_in(self, visit: Visit, writer: asyncio.StreamWriter) -> None:
        peer: Peer | None = writer.get_extra_info("socket")  # none for a pipe of Windows
        if peer is not None and not self._same_user(peer):
            raise KnownError(_OTHER_USER)
        if len(self._visits) >= MAX_SOURCES:
            raise KnownError(_FULL)
        self._visits[visit.number] = visit

    def _let_out(self, visit: Visit) -> None:
        self._visits.pop(visit.number, None)
        if visit.caller is not None:
            self._changed()

    async def _listen(self, visit: Visit) -> None:
        caller = await visit.meet()
        self._changed()  # first: whoever is welcomed can be found
        visit.say(encode(Welcome(PROTOCOL, self._version, self.paused)))
        loop = asyncio.get_running_loop()
        async for message in visit.messages():
            if isinstance(message, KnownError):
                visit.say(encode(Refused(str(message))))
                continue
            answer = await loop.run_in_executor(self._worker, self._ask, caller, message)
            if answer is not None:
                visit.say(answer)

    def _changed(self) -> None:
        self.callers = tuple(v.caller for v in self._visits.values() if v.caller is not None)
        # One word of it is enough, however many come and go before the worker gets to it.
        if not self._change_waits:
            self._change_waits = True
            self._worker.submit(self._tell_change)

    def _tell_change(self) -> None:
        self._change_waits = False  # first: whoever changes from here on is told of anew
        try:
            self._on_change()
        except Exception as error:  # noqa: BLE001  # the edge of the worker's thread
            _log.error("sources came or went: %s", log.describe(error))

    def _ask(self, caller: Caller, message: FromSource) -> bytes | None:
        """What the app answers to a message, as a frame's text; in the worker's thread."""
        wants_answer = isinstance(message, Show | Push)
        try:
            if self.paused and wants_answer:
                raise KnownError(_PAUSED)
            answer = self._on_message(caller, message)
            if answer is None and wants_answer:
                answer = Accepted(message.channel if isinstance(message, Show) else "")
            return encode(answer) if answer is not None else None
        except KnownError as error:
            return encode(Refused(str(error)))
        except Exception as error:  # noqa: BLE001  # the edge of the worker's thread: the listener lives on
            _log.error("a message could not be used: %s", log.describe(error))
            return encode(Refused(_OURS))


async def settle() -> None:
    """Lets asyncio end what it has begun: to hand over a connection that it took, to close one."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
