"""A Python environment with the pinned Airflow and a PostgreSQL, made once per user and state of the lock file."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from uv import find_uv_bin

from connectors.tools.tools import cache_directory

LOCK = Path(__file__).with_name("requirements.lock")


def environment(progress: Callable[[str], None]) -> Path:
    """
    The environment's directory; makes it where it is missing (a minute or two).

    + progress: called with a line when something is awaited
    """
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    made = cache_directory() / "airflow" / key
    if not made.is_dir():
        made.parent.mkdir(parents=True, exist_ok=True)
        with open(made.parent / "lock", "w") as lock:
            progress(f"making Airflow's environment in {made}, once: a minute or two")
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.is_dir():
                _make(made)
    return made


def _make(made: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=made.parent))
    try:
        _uv("venv", "--quiet", "--relocatable", "--allow-existing", "--python", sys.executable, str(unfinished))
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(unfinished), "--requirements", str(LOCK))
        unfinished.rename(made)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _uv(*arguments: str) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    answer = subprocess.run([find_uv_bin(), *arguments], env=plain, capture_output=True, text=True)
    assert answer.returncode == 0, f"uv {' '.join(arguments)}: {answer.stderr.strip()}"
