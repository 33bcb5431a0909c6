from __future__ import annotations

import sys
from pathlib import Path

# The shape of what `analyze` prints, and the scripted engine, are those of their own rooms.
for room in ("cli", "assist"):
    sys.path.append(str(Path(__file__).parents[1] / room))
