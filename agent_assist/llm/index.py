"""pip with our guard in it: it may reach the package index that it is set to use, and nothing else.

Run as a file (`python -P index.py HOST:PORT... -- ARGUMENTS`), it is the process that `packages` starts. pip is a
program of its own with settings of its own (a file, the environment); `index_hosts` asks it for them.
"""

from __future__ import annotations

import ast
import http.client
import runpy
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

_ROOT = Path(__file__).resolve().parents[2]
_INDEX = "https://pypi.org/simple"
_FILES = {"pypi.org": "files.pythonhosted.org", "test.pypi.org": "test-files.pythonhosted.org"}
_NAMING = ("index-url", "extra-index-url", "find-links", "proxy")
_SECONDS = 30.0
_END = "--"
_PORTS = {"https": http.client.HTTPS_PORT, "http": http.client.HTTP_PORT}


def guarded_pip(hosts: Iterable[str], arguments: Iterable[str]) -> list[str]:
    """The command that runs pip with `arguments`, guarded but for `hosts` ("name:port")."""
    return [sys.executable, "-P", __file__, *hosts, _END, *arguments]


def index_hosts(environment: dict[str, str], no_window: int = 0) -> tuple[str, ...]:
    """What pip is set to reach, as "name:port": its index, where that keeps its files, and proxies.

    Where pip does not tell, only the public index is meant.
    """
    command = [sys.executable, "-P", "-m", "pip", "config", "list", "--disable-pip-version-check"]
    try:
        said = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            timeout=_SECONDS,
            creationflags=no_window,
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        said = ""
    return tuple(dict.fromkeys(_hosts(said)))


def _hosts(said: str) -> Iterator[str]:
    """Hosts in what `pip config list` says: lines such as `global.index-url='https://pypi.org/simple'`."""
    urls, has_index = [*urllib.request.getproxies().values()], False
    for line in said.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in _NAMING:
            found = [word for word in _text(value).split() if "://" in word or option == "proxy"]
            urls += found
            has_index = has_index or (option == "index-url" and bool(found))
    for url in urls if has_index else [*urls, _INDEX]:
        parts = urlsplit(url if "://" in url else f"//{url}")
        host = parts.hostname
        if not host or parts.scheme == "file":
            continue
        port = _port(url) or _PORTS.get(parts.scheme, http.client.HTTP_PORT)
        yield f"{host}:{port}"
        if host in _FILES:
            yield f"{_FILES[host]}:{port}"


def _text(value: str) -> str:
    try:
        found = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return ""
    return found if isinstance(found, str) else ""


def _port(url: str) -> int | None:
    try:
        return urlsplit(url if "://" in url else f"//{url}").port
    except ValueError:
        return None


class _Answer(http.client.HTTPResponse):
    """An index may keep its files with another host and name it in its answer; that host is opened too."""

    def begin(self) -> None:
        """See HTTPResponse."""
        super().begin()
        parts = urlsplit(self.headers.get("Location", "") if 300 <= self.status < 400 else "")
        if parts.scheme == "https" and parts.hostname:
            from agent_assist import egress

            egress.install([(parts.hostname, _port(parts.geturl()) or http.client.HTTPS_PORT)])


def _main(words: list[str]) -> None:
    end = words.index(_END)
    sys.path.insert(0, str(_ROOT))
    from agent_assist import egress

    sys.path.remove(str(_ROOT))
    pairs = [word.rpartition(":") for word in words[:end]]
    egress.hide_memory()
    egress.install([(host, int(port)) for host, _, port in pairs])
    http.client.HTTPConnection.response_class = _Answer
    sys.argv = ["pip", *words[end + 1 :]]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
