"""The pieces that the pages are built of."""
