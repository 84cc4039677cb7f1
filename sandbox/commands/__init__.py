"""
helm and kubectl with the sandbox between: programs in `<home>/bin` that ask it what is to happen to a command that writes, and then run
the program of that name on the rest of the PATH.
"""

import sys
from pathlib import Path

from sandbox.home import home

TOOLS = ("helm", "kubectl")


def directory() -> Path:
    return home() / "bin"


def write_programs() -> None:
    """One file under each name: no import but Python's own, so that it starts at once."""
    directory().mkdir(exist_ok=True)
    source = (Path(__file__).parent / "program.py").read_text()
    for tool in TOOLS:
        path = directory() / tool
        path.write_text(f"#!{sys.executable} -IS\n{source}")
        path.chmod(0o755)
