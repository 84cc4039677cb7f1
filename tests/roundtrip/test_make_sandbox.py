"""From a fresh clone to a verified platform with one command, and the sandbox's own commands."""

import os
import re
import shutil
import subprocess
import time
import urllib.request

import pytest
from roundtrip_world import OURS_ALONE, ROOT, boxed

from sandbox import node, postgres

LINES = 80


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "seconds", "mebibytes"), [(["PODS=kwok"], 120, 2048), ([], 300, 4608)])
def test_a_fresh_clone_becomes_a_verified_platform(tmp_path, asked, seconds, mebibytes):
    if not asked and (lacking := node.missing() or postgres.missing()):
        pytest.skip(lacking)
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info"))
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin") or shutil.which("python3")
    with boxed() as box:
        bare = {name: value for name, value in box.environment.items() if name not in ("VIRTUAL_ENV", "AIRFLOW_ON_EKS_PODS")}
        environment = {**bare, **OURS_ALONE, "PATH": f"{os.path.dirname(python)}:/usr/bin:/bin"}

        def make(*targets, limit=1800):
            started = time.monotonic()
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            ran = subprocess.run(["make", *targets], cwd=clone, env=environment, text=True, timeout=limit, **pipes)
            assert ran.returncode == 0, ran.stdout[-4000:]
            return ran.stdout, time.monotonic() - started

        make(".venv/ready")
        planned, _ = make("first")
        assert re.search(r"\d{3} to create, .*, about \d+\w", planned) and not box.home.exists()
        output, took = make("sandbox", *asked)
        assert "airflow-sandbox is as declared and works" in output and "taken from the cache: the control plane's programs" in output
        assert len(output.splitlines()) <= LINES, output
        resident = int(re.search(r"resident +(\d+) MiB", box.sandbox("status").stdout)[1])
        print(f"make sandbox: {took:.0f} s, {resident} MiB")
        assert took <= seconds and resident <= mebibytes
        address = re.search(r"^Airflow's UI: +(http://127\.0\.0\.1:\d+)$", output, re.MULTILINE)
        assert bool(address) is not bool(asked), output[-2000:]
        if address:
            assert urllib.request.urlopen(address[1], timeout=60).status == 200
            assert output.rstrip().splitlines()[-3].startswith("try next:")
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
