"""The page "Privacy & safety", one module for each of its parts."""
