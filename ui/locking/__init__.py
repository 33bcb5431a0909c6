"""Locking: how long nobody was there, what would be lost, and the process that takes this one's place."""
