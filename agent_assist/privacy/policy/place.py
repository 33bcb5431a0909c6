"""Where an administrator lays what holds for everybody on a machine."""

from __future__ import annotations

import sys
from pathlib import Path


def system_folder() -> Path:
    """The folder of the machine that only an administrator writes to.

    Never taken from the environment, which whoever starts the program chooses.
    """
    if sys.platform == "win32":
        import winreg

        name = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, name) as key:
                return Path(winreg.QueryValueEx(key, "Common AppData")[0]) / "agent-assist"
        except OSError:
            return Path(r"C:\ProgramData\agent-assist")
    if sys.platform == "darwin":
        return Path("/Library/Application Support/agent-assist")
    return Path("/etc/agent-assist")
