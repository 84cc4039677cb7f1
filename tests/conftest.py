"""What all tests share: the repository root on the path, as pyinfra has it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
