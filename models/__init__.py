"""The model shelf: which models exist, and the small ones that ship. Standard library and data only."""
