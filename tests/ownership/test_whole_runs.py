"""Install, verify and cleanup, run as a person runs them in an account that is full of twins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_every_kind import lasting

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def run(twins, tmp_path_factory):
    """A verb's exit code, what it said, and what of it all changed AWS."""
    directory = tmp_path_factory.mktemp("twins")
    inventory = directory / "twins.py"
    inventory.write_text(f"twins = [({f'@eks/{twins.host.data.deployment}'!r}, {twins.data!r})]\n")

    def done(verb):
        journal = Path(os.environ["AIRFLOW_ON_EKS_SANDBOX"]) / "calls.jsonl"
        before = len(journal.read_text().splitlines())
        command = [sys.executable, "-m", "pyinfra", "-y", str(inventory), f"deploys/{verb}.py"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        writes = [line for line in journal.read_text().splitlines()[before:] if '"write": true' in line]
        return ran.returncode, ran.stdout + ran.stderr, writes

    return done


@pytest.mark.parametrize(("verb", "code"), [("install", 1), ("verify", 1), ("cleanup", 0)])
def test_nothing_is_sent_and_all_is_as_it_was(twins, run, verb, code):
    ended, said, writes = run(verb)
    assert (ended, writes) == (code, []), said
    assert "Traceback" not in said
    assert {kind: lasting(read()) for kind, read in twins.read.items()} == {kind: lasting(answer) for kind, answer in twins.before.items()}
    if verb == "install":
        assert "nothing was sent" in said and "! sqs.queue" in said
    if verb == "cleanup":
        assert f"? cluster {twins.host.data.deployment} " in said and ": left alone" in said
