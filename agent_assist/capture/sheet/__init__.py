"""Tables of messages: their cells, which column holds what, and the times in them."""
