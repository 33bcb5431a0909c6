"""A site that writes policies, and one installation that they are for."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent_assist.paths import Places
from agent_assist.privacy import policy
from agent_assist.privacy.policy import Policy

TEXT = """\
title = "Clinic desk"
serial = {serial}
contact = "it@clinic.example"

[lock]
privacy.export = false
"privacy.keep_days" = {days}

[lock.assist]
scores = false

[why]
privacy.export = "Cases stay in the clinic's own system."

[promises.callback]
say = "A colleague calls you back within 2 working days."
within = "2 working days"

[network]
endpoints = ["10.0.0.5:8080", "models.clinic.local:443"]
"""


class Site:
    """Keys, a folder of policies, and the installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = Places(folder / "data")
        self.places.create()
        self.system = folder / "etc"
        self.system.mkdir()
        self.private, self.public = policy.make_pair(folder / "keys")

    def write(self, path: Path, serial: int = 1, days: int = 90, text: str | None = None, sign: bool = True) -> Path:
        path.write_text(text if text is not None else TEXT.format(serial=serial, days=days), encoding="utf-8")
        path.with_name(f"{path.name}.sig").unlink(missing_ok=True)
        if sign:
            policy.sign(path, self.private)
        return path

    def lay(self, serial: int = 1, days: int = 90, **more: object) -> Path:
        """Writes and signs the installation's policy."""
        return self.write(self.places.policy, serial, days, **more)  # type: ignore[arg-type]

    def pin(self) -> None:
        policy.pin(self.places, self.public, system=self.system)

    def pin_for_all(self) -> None:
        shutil.copy(self.public, self.system / "policy.pub")

    def load(self, given: Path | None = None) -> Policy:
        return policy.load(self.places, given, system=self.system)
