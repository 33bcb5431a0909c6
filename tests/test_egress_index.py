"""pip's process: what it may reach, as pip's own settings say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agent_assist.llm import index

PUBLIC = ("pypi.org:443", "files.pythonhosted.org:443")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("", PUBLIC),
        ("global.cert='/etc/ssl/x.pem'\nglobal.timeout='15'\n", PUBLIC),
        ("global.index-url='https://index.corp.example/simple'\n", ("index.corp.example:443",)),
        (":env:.index-url='https://someone:word@index.corp.example:8443/s'\n", ("index.corp.example:8443",)),
        ("download.index-url='http://near.example/s'\n", ("near.example:80",)),
        (
            "global.extra-index-url='https://a.example/s\\nhttps://b.example/s file:///opt/x'\n",
            ("a.example:443", "b.example:443", *PUBLIC),
        ),
        ("global.find-links='/opt/wheels wheels https://w.example/all/'\n", ("w.example:443", *PUBLIC)),
        ("global.proxy='someone:word@proxy.example:3128'\n", ("proxy.example:3128", *PUBLIC)),
        ("global.index-url=https://not.quoted.example/\nnonsense\n", PUBLIC),
        ("global.index-url='https://test.pypi.org/simple'\n", ("test.pypi.org:443", "test-files.pythonhosted.org:443")),
    ],
)
def test_pip_may_reach_what_it_is_set_to(said: str, hosts: tuple[str, ...]) -> None:
    assert set(index._hosts(said)) == set(hosts)


def test_what_pip_says_of_itself_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.corp.example/simple")
    import os

    assert "index.corp.example:443" in index.index_hosts(dict(os.environ))


def test_pip_reaches_nothing_else() -> None:
    """pip is real; the place that it is sent to is for documentation, so it must be refused before it is tried."""
    arguments = ["download", "--no-deps", "--retries", "0", "--disable-pip-version-check", "--timeout", "2"]
    arguments += ["--index-url", "https://192.0.2.1/simple", "-d", "/nowhere", "tiny"]
    command = index.guarded_pip(["index.corp.example:443"], arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "refused before anything was sent" in done.stdout + done.stderr or "No matching" in done.stderr
    assert "timed out" not in done.stderr


def test_an_index_may_send_pip_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own: what is opened there stays so."""
    code = """
import io, sys
from agent_assist import egress
egress.install()
from agent_assist.egress import guard
from agent_assist.llm.index import _Answer

class Line:
    def __init__(self, text): self.text = text
    def makefile(self, mode): return io.BytesIO(self.text)

for place in (b"https://files.example:8443/x", b"http://plain.example/x", b"/here"):
    answer = _Answer(Line(b"HTTP/1.1 302 Found\\r\\nLocation: " + place + b"\\r\\n\\r\\n"))
    answer.begin()
_Answer(Line(b"HTTP/1.1 200 OK\\r\\nLocation: https://other.example/\\r\\n\\r\\n")).begin()
print([guard._book.may_look_up(host) for host in ("files.example", "plain.example", "other.example")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[True, False, False]", done.stderr
