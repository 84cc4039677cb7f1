"""pyinfra's own command, run as a user runs it, in a home of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PYINFRA = Path(sys.executable).parent / "pyinfra"

RECORDING = f"""#!{sys.executable}
import pathlib, sys, time
if "version" in sys.argv:
    print('{{"clientVersion": {{"gitVersion": "v1.36.3"}}}}')
    sys.exit()
pathlib.Path("STDIN").write_text(sys.stdin.read())
time.sleep(SECONDS)
"""


class CommandLine:
    """`run` an inventory and what follows it; `home` and `temporary` are where it may leave files."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.home, self.temporary, self.programs = (directory / name for name in ("home", "tmp", "bin"))
        for path in (self.home, self.temporary, self.programs):
            path.mkdir(exist_ok=True)
        self.stdin = directory / "stdin-of-kubectl"
        self.environment = {
            **os.environ,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "PYINFRA_PROGRESS": "off",
        }

    def kubectl(self, seconds: float):
        """A kubectl that keeps what it was told and takes its time."""
        text = RECORDING.replace("STDIN", str(self.stdin)).replace("SECONDS", str(seconds))
        (self.programs / "kubectl").write_text(text)
        (self.programs / "kubectl").chmod(0o755)

    def file(self, name: str, text: str) -> str:
        (self.directory / name).write_text(text)
        return str(self.directory / name)

    def start(self, *arguments: str, output=subprocess.PIPE, cwd=ROOT, **environment) -> subprocess.Popen:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([str(PYINFRA), *arguments], cwd=cwd, env={**self.environment, **environment}, **pipes)

    def run(self, *arguments: str, **environment) -> tuple[int, str]:
        """Its exit code and all it said."""
        process = self.start(*arguments, **environment)
        try:
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        return process.returncode, out


def arguments_of_children(parent: int) -> set[str]:
    """The command lines of every process below one, as anybody on the machine can read them."""
    found, below = set(), {parent}
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            stat, line = (path / "stat").read_text(), (path / "cmdline").read_text()
        except OSError:
            continue
        if int(path.name) == parent or int(stat.rpartition(") ")[2].split()[1]) in below:
            below.add(int(path.name))
            found.add(line.replace("\0", " "))
    return found


def until(question, seconds: float = 30):
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen")
