"""`agent-assist policy`: what the site has laid down, and how a site makes it."""

from __future__ import annotations

import argparse
from pathlib import Path

from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.report import printable
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.privacy import policy as site
from agent_assist.privacy.policy import Content, Policy
from agent_assist.privacy.policy.signing import SUFFIX


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of the command to its parser."""
    parser.description = "The site's policy: one signed file that fixes options. docs/policy.md tells how to write it."
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    one = actions.add_parser("show", help="what is in force here, and why")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=show)
    one = actions.add_parser("check", help="whether a policy is right, and signed by the pinned key")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=check)
    one = actions.add_parser("pin", help="let this key's policies count here, and no others")
    one.add_argument("file", metavar="KEYFILE", help="a public key, as `policy keygen` writes it")
    one.add_argument("--replace", action="store_true", help="also where the key pinned before has not signed this one")
    one.set_defaults(run=pin)
    one = actions.add_parser("sign", help="sign a policy, or the public key that is to follow")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--key", required=True, metavar="PRIVATE", help="the private key, as `policy keygen` writes it")
    one.set_defaults(run=sign)
    one = actions.add_parser("keygen", help="make a pair of keys to sign policies with")
    one.add_argument("folder", metavar="DIR")
    one.set_defaults(run=keygen)


def show(context: Context, arguments: argparse.Namespace) -> int:
    """`policy show`: 1 where something is wrong with it."""
    found = context.policy
    if arguments.json:
        write_json(_object(found))
    elif not found.here:
        write("There is no policy here: every option is the person's own.")
    else:
        _tell(found)
    return 1 if found.problem else 0


def check(context: Context, arguments: argparse.Namespace) -> int:
    """`policy check`: reads it as if it were in force."""
    path = _path(arguments.file)
    data = site.read_bytes(path, "policy")
    content = site.read_content(data, str(path))
    _check_promises(context.places, content, path)
    write(f"{printable(content.title)}, number {content.serial}: it is right.")
    for name, value in content.fixed.items():
        write(f"  {name} = {_value(value)}")
    pinned = site.find_pin(context.places)
    beside = path.with_name(path.name + SUFFIX)
    if pinned is None:
        write("No key is pinned here: whether it is signed was not looked at.")
    elif not beside.exists():
        raise KnownError(
            f"{path.name} is right but not signed. Sign it with: agent-assist policy sign {path.name} --key"
        )
    elif not site.holds(pinned.public, data, site.read_bytes(beside, "signature")):
        raise KnownError(
            f"{path.name} is right, but {beside.name} is not its signature by the pinned key. Sign it again."
        )
    else:
        write("The pinned key signed it.")
    return 0


def pin(context: Context, arguments: argparse.Namespace) -> int:
    """`policy pin`."""
    made = site.pin(context.places, _path(arguments.file), replace=arguments.replace)
    context.tell(f"pinned in {made.path}: {site.fingerprint(made.public)}")
    found = site.load(context.places)
    if found.problem:
        context.tell(found.problem)
    return 0


def sign(context: Context, arguments: argparse.Namespace) -> int:
    """`policy sign`: a policy is read first, so that none is signed that nobody can use."""
    path = _path(arguments.file)
    if path.suffix == ".toml":
        _check_promises(context.places, site.read_content(site.read_bytes(path, "policy"), str(path)), path)
    context.tell(f"signed: {site.sign(path, _path(arguments.key))}")
    return 0


def keygen(context: Context, arguments: argparse.Namespace) -> int:
    """`policy keygen`."""
    private, public = site.make_pair(_path(arguments.folder))
    write(f"{public}  to be pinned: {site.fingerprint(site.public_key(public))}")
    write(f"{private}  signs. Keep it away from the machines it is for; whoever has it can change every policy.")
    return 0


def _path(given: str) -> Path:
    return Path(given).expanduser().absolute()


def _check_promises(places: Places, content: Content, path: Path) -> None:
    """Reads its promises as the guard will; the room that reads policies does not know the one that guards."""
    from agent_assist.assist.guard import load_promises

    try:
        load_promises(places, content.promises or "")
    except KnownError as error:
        problem = str(error.__cause__).replace("promise.", "promises.", 1)
        raise KnownError(f"The policy {path} cannot be used: {problem}.") from error


def _object(found: Policy) -> dict[str, object]:
    return {
        "here": found.here,
        "title": found.title,
        "serial": found.serial,
        "contact": found.contact,
        "source": str(found.source) if found.source else None,
        "key": found.key,
        "problem": found.problem,
        "locked": {name: {"value": value, "why": found.reason(name)} for name, value in found.fixed.items()},
        "promises": found.promises,
        "endpoints": [f"{host}:{port}" for host, port in found.endpoints],
    }


def _tell(found: Policy) -> None:
    if found.title:
        write(
            f"{printable(found.title)}, number {found.serial}"
            + (f", ask {printable(found.contact)}" if found.contact else "")
        )
    if found.source:
        write(f"from {found.source}")
    if found.key:
        write(f"the pinned key: {found.key}")
    for name, value in found.fixed.items():
        write(f"  {name} = {_value(value)}")
        write(f"      {printable(found.reason(name))}")
    if found.promises is not None:
        write("Agents may promise what the policy lists." if found.promises else "Agents may promise nothing unasked.")
    for host, port in found.endpoints:
        write(f"May be spoken to: {host}:{port}")
    if found.problem:
        write(printable(found.problem))


def _value(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else printable(str(value)) or '""'
