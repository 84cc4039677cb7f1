"""pyinfra, run as a person runs it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from runs import Run, results

ROOT = Path(__file__).parents[2]
LIMIT = 300
OURS_ALONE = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}


class Running:
    """What pyinfra is run on: a deployment of an inventory, and the calls that AWS has seen, where they can be known."""

    deployment: str
    inventory: Path
    environment: dict
    limit = LIMIT
    calls: list = []

    def command(self, verb, *flags, inventory=None, **data) -> list[str]:
        settings = [word for key, value in data.items() for word in ("--data", f"{key}={value}")]
        return [sys.executable, "-m", "pyinfra", "-y", *flags, *settings, str(inventory or self.inventory), f"deploys/{verb}.py"]

    def run(self, verb, *flags, environment=None, root=ROOT, limit=None, **given) -> Run:
        with tempfile.TemporaryDirectory() as directory:
            given.setdefault("json", Path(directory, "run.json"))
            ran = self._run(verb, *flags, environment=environment, root=root, limit=limit, **given)
            return replace(ran, results=results(Path(given["json"])))

    def _run(self, verb, *flags, environment, root, limit, **given) -> Run:
        before, started = len(self.calls), time.monotonic()
        process = subprocess.Popen(
            self.command(verb, *flags, **given),
            cwd=root,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=limit or self.limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise AssertionError(f"{verb} is not done after {limit or self.limit} s:\n{output}") from None
        return Run(process.returncode, output, self.calls[before:], time.monotonic() - started)

    def done(self, verb, *flags, **given) -> Run:
        """A run that has to succeed."""
        ran = self.run(verb, *flags, **given)
        assert ran.code == 0, ran.output
        return ran
