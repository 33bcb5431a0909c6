"""The commands and their options."""

from __future__ import annotations

import argparse

from agent_assist import __version__
from agent_assist.capture import FORMATS
from agent_assist.cli import (
    analyze,
    audit,
    bench,
    coach,
    doctor,
    history,
    hook,
    hook_serve,
    models,
    native_host,
    policy,
    push,
)


def make_parser() -> argparse.ArgumentParser:
    """The parser; a command's function is its `run`, and its `misuse` says which options do not go together."""
    parser = argparse.ArgumentParser(
        prog="agent-assist",
        description="Reads a customer-service conversation on this machine alone. Without a command: the sidebar.",
    )
    parser.add_argument("--version", action="version", version=f"agent-assist {__version__}")
    parser.add_argument("--data-dir", metavar="DIR", help="where data lives (also AGENT_ASSIST_HOME)")
    parser.add_argument("--policy", metavar="FILE", help="the site's signed policy, where it lies elsewhere")
    parser.add_argument("--quiet", action="store_true", help="say nothing on stderr but errors")
    parser.set_defaults(run=None, misuse=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _analyze(commands.add_parser("analyze", help="read conversations: feelings, summary, replies"))
    coach.add_arguments(commands.add_parser("coach", help="help with a reply of your own; how an agent's turns read"))
    _models(commands.add_parser("models", help="the language models of this machine"))
    history.add_arguments(commands.add_parser("history", help="the encrypted history"))
    audit.add_arguments(
        commands.add_parser("audit", help="who looked at what is kept, and whether that record is whole")
    )
    policy.add_arguments(commands.add_parser("policy", help="what the site has laid down"))
    push.add_arguments(commands.add_parser("push", help="hand a conversation to the sidebar that runs"))
    actions = hook.add_arguments(commands.add_parser("hook", help="let browsers and desks bring conversations"))
    hook_serve.add_arguments(actions.add_parser("serve", help="take in what a self-hosted desk sends"))
    native_host.add_arguments(commands.add_parser("native-host", help="what a browser starts for the extension"))
    one = commands.add_parser("doctor", help="what works on this machine, what does not, what to do")
    one.add_argument("--offline", action="store_true", help="ask no network whether models can be fetched")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=doctor.run)
    one = commands.add_parser("bench", help="measure this machine")
    one.add_argument("--json", action="store_true", help="print JSON")
    bench.add_arguments(one)
    one.set_defaults(run=bench.run)
    return parser


def _analyze(parser: argparse.ArgumentParser) -> None:
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
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    one = actions.add_parser("list", help="what can be had and what is here")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=models.show)
    one = actions.add_parser("install", help="fetch a model")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="NAME", help="as `models list` names it")
    which.add_argument("--recommended", action="store_true", help="the best one that this machine can have")
    one.set_defaults(run=models.install)
    one = actions.add_parser("import", help="take in a model file that you have")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=models.import_file)
    one = actions.add_parser("verify", help="check installed models against their hashes")
    one.add_argument("name", nargs="?", metavar="NAME")
    one.set_defaults(run=models.verify)
    one = actions.add_parser("remove", help="delete an installed model")
    one.add_argument("name", metavar="NAME")
    one.set_defaults(run=models.remove)
