"""One stream out of all sources: what is new of a conversation, in order, once."""
