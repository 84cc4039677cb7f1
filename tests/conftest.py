"""What all tests share: the repository root on the path and gevent underneath, as pyinfra's command has them."""

import sys
from pathlib import Path

import pyinfra_cli  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent.parent))

import freezegun  # noqa: E402 (after gevent has taken ssl over)

# pyinfra-testing stops the clock for each fact, and freezegun would import all that the client of Kubernetes could import.
freezegun.configure(extend_ignore_list=["kubernetes"])
