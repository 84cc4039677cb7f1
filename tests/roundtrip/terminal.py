"""pyinfra on a terminal, as a person sees it and types."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

from roundtrip_world import ROOT

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def controlling() -> None:
    """Let Ctrl-C reach the process: its standard input is the controlling terminal of its session."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A run of pyinfra on a terminal of its own, 120 columns wide."""

    def __init__(self, box, verb, *flags, **data):
        self.master, slave = pty.openpty()
        command = [word for word in box.command(verb, *flags, **data) if word != "-y"]
        environment = {**box.environment, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave, preexec_fn=controlling)
        os.close(slave)
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)

    def until(self, text: str, limit=240) -> str:
        """Read until a text has come; returns all that came, without colours."""
        self._read(limit, lambda: text in self.text)
        assert text in self.text, self.text[-3000:]
        return self.text

    def _read(self, limit, enough):
        end = time.monotonic() + limit
        while not enough() and time.monotonic() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.text += ESCAPES.sub("", os.read(self.master, 65536).decode(errors="replace"))
                except OSError:
                    return

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self, limit=60) -> int:
        """Its exit code, once it has ended by itself."""
        self._read(limit, lambda: False)
        return self.process.wait(5)
