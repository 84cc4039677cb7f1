"""What all tests share: the repository root on the path and gevent underneath, as pyinfra's command has them."""

import sys
from pathlib import Path

import pyinfra_cli  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent.parent))
