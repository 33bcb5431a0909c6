"""What can go wrong with the history's files, done to real files by real processes.

Each scenario does a number of rounds and tells what it saw; the tests do a few, `make soak` does them all.
"""
