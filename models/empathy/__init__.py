"""The weights that read how empathetic a reply is, with their labels, card and recipes. Data only at run time."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where `encoder.onnx`, `tokenizer.json` and `labels.json` lie."""
