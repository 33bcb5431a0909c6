"""The history's key: random, 256 bits, kept in the system keyring or wrapped with a passphrase. Never in plaintext.

What else is secret (`kept_secret`) lies in the system keyring or nowhere.

`Places.key_file` says where the key is: it names the keyring that holds it, or carries the key sealed with AES-256-GCM
under Argon2id of the passphrase (RFC 9106). Which of the two is decided once, on first use:

- a passphrase that was given (typed, or in `AGENT_ASSIST_PASSPHRASE`) is an explicit choice and wraps the key, also
  where a keyring works: a headless service must not depend on somebody's desktop session;
- else the system keyring, where one of its safe backends works;
- else `Locked`: nothing is created until somebody gives a passphrase.

Beside either, recovery words may wrap the key too (`make_recovery`): random, told once, kept nowhere. They open the
history where the keyring lost the key or the passphrase is forgotten. Once a key file exists it is the only truth: a
keyring that has lost the key, or another keyring in its place, is an error that says so; a second key is never made
beside it. `keyrings` is the only importer of keyring.
"""

from agent_assist.secrets.changing import (
    WrongPassphrase,
    begin_rekey,
    change_passphrase,
    finish_rekey,
    keys_before,
    let_go_of_before,
    make_recovery,
    move_to_keyring,
)
from agent_assist.secrets.keyrings import SERVICE, keep_secret, kept_secret
from agent_assist.secrets.opening import (
    KeyHome,
    Keys,
    KeyState,
    database_key,
    database_keys,
    passphrase_from_environment,
    state,
)
from agent_assist.secrets.wrapping import PASSPHRASE_LENGTH, subkey

__all__ = [
    "PASSPHRASE_LENGTH",
    "SERVICE",
    "KeyHome",
    "KeyState",
    "Keys",
    "WrongPassphrase",
    "begin_rekey",
    "change_passphrase",
    "database_key",
    "database_keys",
    "finish_rekey",
    "keep_secret",
    "kept_secret",
    "keys_before",
    "let_go_of_before",
    "make_recovery",
    "move_to_keyring",
    "passphrase_from_environment",
    "state",
    "subkey",
]
