"""What the fixture `open_app` is: in a module of its own, since several rooms of tests have a conftest."""

from __future__ import annotations

from collections.abc import Callable

from fake_desk import FakeDesk

from ui.app import App

Open = Callable[[FakeDesk], App]
