"""Programs whose copies are never looked at: password managers, authenticators and wallets, and what the agent adds."""

from __future__ import annotations

from collections.abc import Iterable

_BY_PART = """
    1password  bitwarden  keepass  keeweb  macpass  strongbox  lastpass  dashlane  enpass  nordpass
    protonpass  roboform  keepersecurity  keeperpassword  passbolt  padloc  buttercuppassword  passwordsafe  pwsafe
    passwordgorilla  passworddepot  stickypassword  zohovault  truekey  logmeonce  avirapassword  remembear  qtpass
    gopass  kwallet  seahorse  gnomesecrets  keychainaccess  applepasswords  vaultwarden  psono
    authy  enteauth  authenticator  yubioath  otpclient  winauth  2fast  keysmith  numberstation  duomobile
    electrum  ledgerlive  trezorsuite  metamask  bitcoinqt  bitcoincore  monerogui  featherwallet  sparrowwallet
    wasabiwallet  atomicwallet  coinomi  exoduswallet  trustwallet  daedalus  phantomwallet  mycryptowallet
"""
_WHOLE = frozenset({"keeper", "passwords", "secrets", "exodus", "sparrow", "feather", "guarda", "pass"})
_SHORTEST_PART = 4


def _bare(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


_PARTS = tuple(map(_bare, _BY_PART.split()))


def is_denied(programs: Iterable[str], denied: str) -> bool:
    """Whether a program's copies are not to be looked at.

    Args:
        programs: the names that the program goes by; none where the system does not tell.
        denied: what the agent adds, by name, separated by commas; case, spaces and marks do not count.
    """
    added = [bare for part in denied.split(",") if (bare := _bare(part))]
    parts = [*_PARTS, *(bare for bare in added if len(bare) >= _SHORTEST_PART)]
    names = [bare for program in programs if (bare := _bare(program.removesuffix(".exe")))]
    return any(name in _WHOLE or name in added or any(part in name for part in parts) for name in names)
