"""Windows to the running sidebar, over one connection for each desk."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path

from agent_assist.capture.hook.client import Client
from agent_assist.capture.hook.protocol import Mark, SeenMessage, Show
from agent_assist.capture.relay.answers import Answer, unavailable
from agent_assist.errors import KnownError
from agent_assist.records import Way, Window

TAKEN_IN = Answer(HTTPStatus.OK, "Taken in.")


class Forwarder:
    """The sidebar as desks see it; any thread may call it.

    Args:
        path: see `endpoint.socket_path`.
        desks: whose windows there will be.
    """

    def __init__(self, path: Path, desks: Iterable[Way]) -> None:
        self._clients = {desk: Client(path, desk, f"hook serve ({desk.value.capitalize()})") for desk in desks}

    def show(self, window: Window) -> Answer:
        """What the sidebar made of a window; where it is away or refuses, its sentence why."""
        try:
            self._clients[window.way].ask(show_of(window))
        except KnownError as error:
            return unavailable(" ".join(str(error).split()))
        return TAKEN_IN

    def close(self) -> None:
        """Ends the connections."""
        for client in self._clients.values():
            client.close()


def show_of(window: Window) -> Show:
    """The window as it goes over the wire."""
    return Show(
        channel=window.channel,
        seen=[
            SeenMessage(one.text, one.speaker, one.key, one.name, None if one.at is None else one.at.isoformat())
            for one in window.seen
        ],
        title=window.title,
        customer=window.customer,
        contacts=[Mark(mark.kind, mark.value) for mark in window.contacts],
    )
