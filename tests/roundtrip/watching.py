"""A run that is looked at while it lasts: what its processes are called with, what files it keeps."""

import contextlib
import subprocess
import threading
import time
from pathlib import Path

from roundtrip_world import ROOT
from runs import Run, results


def watched(box, process, seen):
    """Arguments of every process of the run, and the files it keeps, looked at until it ends."""
    while process.poll() is None:
        for other in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(box.home).encode() in (other / "environ").read_bytes():
                    seen["arguments"].add((other / "cmdline").read_bytes().decode(errors="replace"))
        for path in box.temporary.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    seen["files"][path.name] = (oct(path.stat().st_mode & 0o777), path.read_bytes().decode(errors="replace"))
        time.sleep(0.1)


def watched_run(box, verb, *flags):
    """A run that has to succeed, and what was seen of it: `arguments`, and `files` with their modes and contents."""
    seen, before, started = {"arguments": set(), "files": {}}, len(box.calls), time.monotonic()
    record = box.directory / f"{verb}.json"
    process = subprocess.Popen(
        box.command(verb, *flags, json=record),
        cwd=ROOT,
        env=box.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watcher = threading.Thread(target=watched, args=(box, process, seen))
    watcher.start()
    output, _ = process.communicate(timeout=300)
    watcher.join()
    assert process.returncode == 0, output[-4000:]
    return Run(process.returncode, output, box.calls[before:], time.monotonic() - started, results(record)), seen
