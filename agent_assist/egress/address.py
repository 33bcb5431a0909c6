"""Which addresses lie on this machine."""

from __future__ import annotations

import ipaddress

_LOCAL_NAME = "localhost"
"""The one name that no resolver may ask others for (RFC 6761); `ip6-localhost` and its like are a hosts file's."""


def is_literal(host: str) -> bool:
    """Whether it is an address and not a name: looking it up asks nobody."""
    return _parsed(host) is not None


def is_loopback(host: str) -> bool:
    """Whether a connection to it stays on this machine.

    Only what is written out in full counts: `127.1`, `0` and `0x7f000001` are refused although systems take them.
    """
    if _plain(host) == _LOCAL_NAME:
        return True
    address = _parsed(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address is not None and address.is_loopback


def text_of(host: object) -> str | None:
    """A host as Python's sockets take it, as text in lower case; None for what is no host.

    A name beyond ASCII becomes what it is looked up as.
    """
    if isinstance(host, bytes | bytearray):
        return _plain(bytes(host).decode("latin-1"))
    if not isinstance(host, str):
        return None
    try:
        return _plain(host if host.isascii() else host.encode("idna").decode())
    except UnicodeError:
        return _plain(host)


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


def _parsed(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
