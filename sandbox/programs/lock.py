"""A lock between processes."""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(file: Path, interval: float, progress: Callable[[str], None], what: str = "the control plane's programs") -> Iterator[None]:
    """
    Hold the lock of a file, waiting while another process does; the system lets it go when its holder ends.

    + interval: how often to say that it is awaited (seconds)
    + what: is made under the lock, in a sentence
    """
    with file.open("w") as held:
        began = said = None
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                now = time.monotonic()
                began = began or now
                if said is None or now - said >= interval:
                    progress(f"another process is building {what}, waiting for it: {now - began:.0f}s")
                    said = now
                time.sleep(0.5)
        yield
