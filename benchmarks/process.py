"""A process that is measured: how long it takes, what it computes, how large it grows."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.02
"""Seconds between two looks whether it has ended, and at its memory: the kernel keeps the peak, so that only what comes after the last look is missed."""

TAIL = 30
"""Lines of output that are shown of a run that failed."""


class RunFailed(Exception):
    """A measured run failed; its text ends with what it printed last."""


@dataclass(frozen=True)
class Measured:
    """
    + seconds: wall time
    + cpu_seconds: CPU time of the process and of all it has started and waited for
    + peak_mib: largest resident set of the process itself, helm and kubectl not counted
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float


def measure(command: list[str], directory: Path, environment: dict, output: Path) -> Measured:
    """
    Run a command to its end; raises `RunFailed` when it fails. Interrupted, it ends what it has started.

    + command: its words
    + directory: it works in
    + environment: all of it
    + output: the file that takes what it prints
    """
    started = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    peak, ended = 0.0, 0
    try:
        while not ended:
            peak = peak_mib(process.pid) or peak
            time.sleep(LOOK_EVERY)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = "\n".join(output.read_text(errors="replace").splitlines()[-TAIL:])
        raise RunFailed(f"{output}: {' '.join(command)} ended with {process.returncode}:\n{last}")
    return Measured(seconds, used.ru_utime + used.ru_stime, peak)


def peak_mib(process: int) -> float:
    """The largest resident set a process has had so far, nothing once it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
