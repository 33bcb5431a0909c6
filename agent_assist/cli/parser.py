"""The commands and their options. A command's code, and the rooms that it needs, are loaded for that command alone."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any

from agent_assist import __version__

Fill = Callable[[argparse.ArgumentParser], object]
"""Adds a command's options to its parser."""


class _Command(argparse.ArgumentParser):
    """The parser of a command, which has no options before the command is chosen."""

    fill: Fill | None = None

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        """See argparse, which calls it for the chosen command alone; its help is printed from here, too."""
        fill, self.fill = self.fill, None
        if fill is not None:
            fill(self)
        return super().parse_known_args(*args, **kwargs)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line.

    What it gives holds a command's function as `run`; its `misuse`, which says which options do not go together; and
    as `networked` whether it needs sockets that could leave this machine: to fetch a model, to listen here, to ask a
    server here, to try.
    """
    parser = argparse.ArgumentParser(
        prog="agent-assist",
        description="Reads a customer-service conversation on this machine alone. Without a command: the sidebar.",
    )
    parser.add_argument("--version", action="version", version=f"agent-assist {__version__}")
    parser.add_argument("--data-dir", metavar="DIR", help="where data lives (also AGENT_ASSIST_HOME)")
    parser.add_argument("--policy", metavar="FILE", help="the site's signed policy, where it lies elsewhere")
    parser.add_argument("--quiet", action="store_true", help="say nothing on stderr but errors")
    parser.set_defaults(run=None, misuse=None, networked=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Command)

    def add(name: str, fill: Fill, text: str) -> None:
        commands.add_parser(name, help=text).fill = fill

    add("analyze", _analyze, "read conversations: feelings, summary, replies")
    add("coach", _own("coach"), "help with a reply of your own; how an agent's turns read")
    add("models", _models, "the language models of this machine")
    add("history", _own("history"), "the encrypted history")
    add("audit", _own("audit"), "who looked at what is kept, and whether that record is whole")
    add("policy", _own("policy"), "what the site has laid down")
    add("push", _own("push"), "hand a conversation to the sidebar that runs")
    add("hook", _hook, "let browsers and desks bring conversations")
    add("native-host", _own("native_host"), "what a browser starts for the extension")
    add("doctor", _doctor, "what works on this machine, what does not, what to do")
    add("bench", _bench, "measure this machine")
    return parser


def _own(module: str) -> Fill:
    """The options that a command's module adds by itself."""
    return lambda parser: import_module(f"agent_assist.cli.{module}").add_arguments(parser)


def _hook(parser: argparse.ArgumentParser) -> None:
    from agent_assist.cli import hook, hook_serve

    serve = hook.add_arguments(parser).add_parser("serve", help="take in what a self-hosted desk sends")
    hook_serve.add_arguments(serve)
    serve.set_defaults(networked=True)


def _doctor(parser: argparse.ArgumentParser) -> None:
    from agent_assist.cli import doctor

    parser.add_argument("--offline", action="store_true", help="ask no network whether models can be fetched")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=doctor.run, networked=True)


def _bench(parser: argparse.ArgumentParser) -> None:
    from agent_assist.cli import bench

    parser.add_argument("--json", action="store_true", help="print JSON")
    bench.add_arguments(parser)
    parser.set_defaults(run=bench.run, networked=True)


def _analyze(parser: argparse.ArgumentParser) -> None:
    from agent_assist.capture import FORMATS
    from agent_assist.cli import analyze

    parser.add_argument("files", nargs="*", metavar="FILE", help="text or JSON lines; - or none reads standard input")
    parser.add_argument("--sample", action="store_true", help="read the sample conversation that ships")
    parser.add_argument(
        "--format", choices=FORMATS, default="auto", help="what the text is (default: found by content)"
    )
    parser.add_argument("--customer", metavar="NAME", help="who the customer is")
    parser.add_argument(
        "--columns", metavar="PART=TITLE,...", help="what a table's columns hold: text=Body,speaker=From"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object a conversation")
    parser.add_argument("--no-llm", action="store_true", help="feelings only: no summary, no replies")
    parser.add_argument("--fine", action="store_true", help="add the classifier's 28 fine scores")
    parser.add_argument("--lines", action="store_true", help="batch: JSON lines in, JSON lines out")
    keep = parser.add_mutually_exclusive_group()
    keep.add_argument("--save", action="store_true", help="keep in the history (with --lines not the default)")
    keep.add_argument("--no-save", action="store_true", help="keep out of the history")
    parser.set_defaults(run=analyze.run, misuse=analyze.misuse)


def _models(parser: argparse.ArgumentParser) -> None:
    from agent_assist.cli import models

    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    one = actions.add_parser("list", help="what can be had and what is here")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=models.show)
    one = actions.add_parser("install", help="fetch a model")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="NAME", help="as `models list` names it")
    which.add_argument("--recommended", action="store_true", help="the best one that this machine can have")
    one.set_defaults(run=models.install, networked=True)
    one = actions.add_parser("import", help="take in a model file that you have")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=models.import_file)
    one = actions.add_parser("verify", help="check installed models against their hashes")
    one.add_argument("name", nargs="?", metavar="NAME")
    one.set_defaults(run=models.verify)
    one = actions.add_parser("remove", help="delete an installed model")
    one.add_argument("name", metavar="NAME")
    one.set_defaults(run=models.remove)
