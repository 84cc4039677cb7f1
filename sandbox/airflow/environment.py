"""The environment of the lock file, made once per user and state of that file."""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.lock import locked
from sandbox.programs.telling import INTERVAL, run_telling

LOCK = Path(__file__).with_name("requirements.lock")
VERSION = re.search(r"^apache-airflow==(\S+)$", LOCK.read_text(), re.MULTILINE)[1]
PYTHONS = ("3.14", "3.13", "3.12", "3.11", "3.10")
"""That this Airflow takes, the newest first. Source: https://airflow.apache.org/docs/apache-airflow/stable/installation/prerequisites.html"""
USUAL = "1-2 minutes on 2 cores"


class EnvironmentFailure(Exception):
    """Why the environment cannot be had, in one line."""


def environment(progress: Callable[[str], None] = print) -> Path:
    """
    The environment's directory; makes it where it is missing (a minute or two).

    + progress: called with a line at least every 15 s while something is awaited

    What is there is whole: it is made under another name and then renamed. Raises EnvironmentFailure.
    """
    python = newest_python()
    key = hashlib.sha256(LOCK.read_bytes() + python.encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks" / "airflow"
    made, what = cache / key, f"Airflow {VERSION}'s environment"
    if not made.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with locked(cache / "lock", INTERVAL, progress, what):
            if not made.is_dir():
                _make(made, python, lambda time: f"making {what} from PyPI, once per user (500 MB): {time}, usually {USUAL}", progress)
    return made


@functools.cache
def newest_python() -> str:
    """Path of the newest Python on the PATH that this Airflow takes, else of the one that runs this."""
    for version in PYTHONS:
        found = shutil.which(f"python{version}")
        if not found:
            continue
        asked = subprocess.run([found, "-Ic", "import sys, venv; print(sys._base_executable)"], capture_output=True, text=True)
        if asked.returncode == 0:
            return os.path.realpath(asked.stdout.strip())
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _make(made: Path, python: str, line: Callable[[str], str], progress: Callable[[str], None]) -> None:
    from uv import find_uv_bin

    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=made.parent))
    plain = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    steps = (
        ("venv", "--quiet", "--relocatable", "--allow-existing", "--python", python, str(unfinished)),
        ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(unfinished), "--requirements", str(LOCK)),
    )
    try:
        for step in steps:
            with tempfile.TemporaryFile("w+") as said:
                if run_telling([find_uv_bin(), *step], line, progress, env=plain, stdout=said, stderr=said) != 0:
                    said.seek(0)
                    told = said.read().strip().splitlines() or ["uv said nothing"]
                    raise EnvironmentFailure(f"Airflow {VERSION} cannot be installed from PyPI: {told[-1].strip()}")
        unfinished.rename(made)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
