"""From a fresh clone to a verified platform with one command, and the sandbox's own commands."""

import os
import re
import shutil
import subprocess
import time

import pytest
from roundtrip_world import OURS_ALONE, ROOT, boxed

SECONDS, MEBIBYTES, LINES = 120, 2048, 80


@pytest.mark.slow
def test_a_fresh_clone_becomes_a_verified_platform(tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info"))
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin") or shutil.which("python3")
    with boxed() as box:
        bare = {name: value for name, value in box.environment.items() if name != "VIRTUAL_ENV"}
        environment = {**bare, **OURS_ALONE, "PATH": f"{os.path.dirname(python)}:/usr/bin:/bin"}

        def make(target, limit=1800):
            started = time.monotonic()
            ran = subprocess.run(["make", target], cwd=clone, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)
            assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]
            return ran.stdout + ran.stderr, time.monotonic() - started

        make(".venv/ready")
        output, seconds = make("sandbox")
        assert "airflow-sandbox is as declared and works" in output
        assert len(output.splitlines()) <= LINES, output
        resident = int(re.search(r"resident +(\d+) MiB", box.sandbox("status").stdout)[1])
        print(f"make sandbox: {seconds:.0f} s, {resident} MiB")
        assert seconds <= SECONDS and resident <= MEBIBYTES
        make("down")
        assert not box.home.exists() and box.processes() == []


def test_the_sandboxs_commands(box):
    box.up(scale=600)
    status = box.sandbox("status").stdout
    assert box.endpoint in status and "time scale  600" in status
    exported = dict(line.removeprefix("export ").split("=", 1) for line in box.sandbox("env").stdout.splitlines())
    assert exported["AWS_ENDPOINT_URL"] == box.endpoint and exported["AWS_ACCESS_KEY_ID"] == box.daemon["access_key_id"]
    assert box.sandbox("down").returncode == 0
    assert box.processes() == [] and not box.home.exists()
    assert box.sandbox("status").returncode != 0
    box.up()
