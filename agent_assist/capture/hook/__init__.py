"""How other programs of this person hand conversations over: a socket of their own user, and who speaks on it."""
