"""The sweep runs in the sandboxes of the round trips."""

import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1] / "roundtrip"))
