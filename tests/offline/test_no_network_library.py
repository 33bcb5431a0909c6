"""The window's process holds no library that could open connections past the guard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import agent_assist

ROOT = Path(agent_assist.__file__).parents[1]
CODE = """
import sys
import ui.app, ui.probe
from PySide6.QtWidgets import QApplication
app = QApplication([])
names = [name for name in sys.modules if name.startswith("PySide6.Qt")]
print(" ".join(sorted(names)))
maps = open("/proc/self/maps").read() if sys.platform == "linux" else ""
print(" ".join(sorted({line.rpartition("/")[2] for line in maps.splitlines() if "/" in line})))
"""
ALLOWED = {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg", "PySide6.QtDBus"}


def test_the_window_loads_no_library_of_qts_that_connects() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    modules, libraries = done.stdout.splitlines()
    assert {"PySide6.QtCore", "PySide6.QtWidgets"} <= set(modules.split()) <= ALLOWED
    for word in ("Qt6Network", "Qt6WebEngine", "Qt6WebSockets", "libcurl", "libsoup"):
        assert word not in libraries
