"""
Processes that belong to a directory: started from it, recorded in it, ended through it.

They hold a pipe from their owner and end when it closes (``EXIT_WITH_STDIN`` in programs/lifeline.go), so none outlives the
owner. Should a program not know that, its record lets a later owner end exactly that process: the pid and its start time.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path


class Process:
    """
    One program of a directory.

    + program: path of the executable
    + directory: working directory of the program, which holds ``<name>.log`` and ``<name>.pid``
    + name: the program's unless given
    """

    def __init__(self, program: Path, directory: Path, name: str | None = None):
        self.program, self.directory, self.name = program, directory, name or program.name
        self.log = directory / f"{self.name}.log"
        self._child: subprocess.Popen | None = None

    def start(self, *arguments: str, **environment: str) -> None:
        """Start the program with these arguments and these additions to the environment, and record it."""
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                [self.program, *arguments],
                cwd=self.directory,
                env={**_inherited(), "EXIT_WITH_STDIN": "1", **environment},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        record = self.directory / f"{self.name}.pid"
        record.write_text(f"{self._child.pid} {_started(self._child.pid)}\n")

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def wait(self) -> None:
        """Until the program has ended."""
        if (child := self._child) is not None:
            child.wait()

    def last_words(self) -> str:
        """The last line of the log that tells of an error, or its last line."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        told = [line for line in lines if line.startswith(("F", "E", "Error", "panic")) or '"level":"fatal"' in line]
        return (told or lines or ["it said nothing"])[-1]

    def end(self, patience: float = 10) -> None:
        """Close the pipe and wait until the program has ended by itself; kill it where that takes too long (seconds)."""
        if self._child is not None:
            self._child.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(patience)
            self.kill()

    def kill(self) -> None:
        """End the program at once and wait until it is gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child.stdin.close()
            self._child = None


def end_recorded(directory: Path, patience: float = 5) -> None:
    """
    End the processes recorded in a directory, whoever started them, and no others.

    + directory: where their ``.pid`` records are
    + patience: how long to wait for them to be gone (seconds)
    """
    pids = []
    for record in directory.glob("*.pid"):
        pid, _, started = record.read_text().strip().partition(" ")
        if pid.isdigit() and started and _started(int(pid)) == started:
            os.kill(int(pid), signal.SIGKILL)
            pids.append((int(pid), started))
        record.unlink()
    deadline = time.monotonic() + patience
    while any(_started(pid) == started for pid, started in pids) and time.monotonic() < deadline:
        time.sleep(0.02)


def remove_tree(directory: Path) -> None:
    """Remove a directory and all in it, what a program has forbidden itself to write in as well."""
    try:
        shutil.rmtree(directory)
    except PermissionError:
        for path, _, _ in os.walk(directory, onerror=lambda error: None):
            os.chmod(path, 0o700)
            for entry in os.scandir(path):
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)
        shutil.rmtree(directory)


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH") if name in os.environ}


def _started(pid: int) -> str:
    """When a process started, in whatever unit its system tells, or "" where it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return listed.stdout.strip().replace(" ", "_")
