"""What is looked at by itself where the person asks for it: a folder, the clipboard, the selection."""
