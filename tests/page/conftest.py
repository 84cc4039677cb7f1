"""What the tests of the page share with those of health."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "health"))
