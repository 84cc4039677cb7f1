"""Waiting for a long command aloud."""

import subprocess
import time
from collections.abc import Callable

INTERVAL = 15


def run_telling(command: list, line: Callable[[float], str], progress: Callable[[str], None], **popen) -> int:
    """
    Run a command and answer its exit code; it is killed should the waiting be interrupted.

    + line: from the time so far (seconds) to what is told at once and then every 15 s
    + popen: further arguments of subprocess.Popen
    """
    began = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **popen) as process:
        try:
            while True:
                progress(line(time.monotonic() - began))
                try:
                    return process.wait(timeout=INTERVAL)
                except subprocess.TimeoutExpired:
                    pass
        except BaseException:
            process.kill()
            raise


def minutes(seconds: float) -> str:
    """``3m20s``."""
    return "{}m{:02d}s".format(*divmod(int(seconds), 60))


def left(done: int, total: int, seconds: float) -> str | None:
    """
    How long it will still take, by what is done: ``about 4m left``; ``None`` while too little is done to tell.

    + done, total: parts of about the same size
    + seconds: since it began
    """
    if not total or not 0.05 * total <= done <= total:
        return None
    return f"about {max(1, round(seconds * (total - done) / done / 60))}m left"
