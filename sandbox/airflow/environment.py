"""Airflow's environments: the pinned release's from the lock file, another's from what PyPI had on its release day; each made once per user."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.airflow.releases import EnvironmentFailure, release
from sandbox.programs.lock import locked
from sandbox.programs.telling import INTERVAL, minutes, run_telling

LOCK, WANTED = Path(__file__).with_name("requirements.lock"), Path(__file__).with_name("requirements.in")
VERSION = re.search(r"^apache-airflow==(\S+)$", LOCK.read_text(), re.MULTILINE)[1]
PYTHONS = ("3.14", "3.13", "3.12", "3.11", "3.10")
"""That the pinned Airflow takes, the newest first. Source: https://airflow.apache.org/docs/apache-airflow/stable/installation/prerequisites.html"""
USUAL = "1-2 minutes on 2 cores"


def environment(progress: Callable[[str], None] = print, version: str = VERSION) -> Path:
    """
    The environment's directory; makes it where it is missing (a minute or two).

    + progress: called with a line at least every 15 s while something is awaited
    + version: of Airflow

    What is there is whole: it is made under another name and then renamed. Raises EnvironmentFailure.
    """
    if found := made(version):
        return found
    python, limits = _way(version)
    where, what = _directory(version, python), f"Airflow {version}'s environment"
    where.parent.mkdir(parents=True, exist_ok=True)
    with locked(where.parent / "lock", INTERVAL, progress, what):
        if not where.is_dir():
            line = f"making {what} from PyPI, once per user (500 MB)"
            _make(where, version, python, limits, lambda seconds: f"{line}: {minutes(seconds)}, usually {USUAL}", progress)
    return where


def made(version: str = VERSION) -> Path | None:
    """The environment's directory, if it is made."""
    return next((where for _, python in pythons() if (where := _directory(version, python)).is_dir()), None)


def pythons() -> Iterator[tuple[str, str]]:
    """Version and path of each Python on the PATH, the newest first, and of the one that runs this."""
    for version in PYTHONS:
        if found := shutil.which(f"python{version}"):
            question = "import platform, sys, venv; print(platform.python_version(), sys._base_executable)"
            asked = subprocess.run([found, "-Ic", question], capture_output=True, text=True)
            if asked.returncode == 0:
                told, _, path = asked.stdout.strip().partition(" ")
                yield told, os.path.realpath(path)
    yield "{}.{}.{}".format(*sys.version_info), os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _way(version: str) -> tuple[str, tuple[str, ...]]:
    """The Python to take, and what uv is told besides the requirements."""
    if version == VERSION:
        return next(pythons())[1], ()
    released = release(version)
    for told, path in pythons():
        if released.takes(told):
            return path, ("--exclude-newer", released.day)
    raise EnvironmentFailure(f"Airflow {version} wants a Python {released.python}, which is not on the PATH: install one")


def _directory(version: str, python: str) -> Path:
    key = hashlib.sha256(_requirements(version).encode() + python.encode()).hexdigest()[:16]
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks" / "airflow" / key


def _requirements(version: str) -> str:
    return LOCK.read_text() if version == VERSION else WANTED.read_text().replace(f"=={VERSION}", f"=={version}")


def _make(made: Path, version: str, python: str, limits: tuple[str, ...], line: Callable[[float], str], progress: Callable[[str], None]) -> None:
    from uv import find_uv_bin

    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=made.parent))
    plain = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(_requirements(version))
        requirements.flush()
        steps = (
            ("venv", "--quiet", "--relocatable", "--allow-existing", "--python", python, str(unfinished)),
            ("pip", "install", "--quiet", "--compile-bytecode", *limits, "--python", str(unfinished), "--requirements", requirements.name),
        )
        try:
            for step in steps:
                with tempfile.TemporaryFile("w+") as said:
                    if run_telling([find_uv_bin(), *step], line, progress, env=plain, stdout=said, stderr=said) != 0:
                        said.seek(0)
                        told = said.read().strip().splitlines() or ["uv said nothing"]
                        raise EnvironmentFailure(f"Airflow {version} cannot be installed from PyPI: {told[-1].strip()}")
            unfinished.rename(made)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
