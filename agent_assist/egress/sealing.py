"""For processes that never need a network: the kernel gives them no socket that could reach one.

It holds for native code too, which the guard does not see, and for every child process. The window cannot be sealed:
it fetches models.
"""

from __future__ import annotations

import errno

_UNIX, _NETLINK = 1, 16  # programs of this machine; its own kernel, which libraries ask about the machine
_SOCKET = {"x86_64": 41, "aarch64": 198}
_IO_URING_SETUP = 425  # makes and connects sockets past every filter
_sealed = False


def seal() -> bool:
    """Gives up every socket but those to programs of this machine, for good; also the children's.

    Returns:
        Whether the kernel took it; where it has no such filters, the guard alone holds.
    """
    global _sealed
    from agent_assist.egress import seccomp  # the window, which has to show soon, never comes here
    from agent_assist.egress.seccomp import ALLOW, Rule, Test, refuse

    machine = seccomp.machine_name()
    if not machine:
        return False
    socket = _SOCKET[machine]
    rules = [
        Rule(socket, ALLOW, (Test(0, (_UNIX, _NETLINK)),)),
        Rule(socket, refuse(errno.EPERM)),
        Rule(_IO_URING_SETUP, refuse(errno.ENOSYS)),
    ]
    try:
        seccomp.install_filter(seccomp.compile_filter(machine, rules, [(0, ALLOW)], refuse(errno.EPERM)))
    except OSError:
        return False
    _sealed = True
    return True


def sealed() -> bool:
    """Whether the kernel holds this process to it."""
    return _sealed
