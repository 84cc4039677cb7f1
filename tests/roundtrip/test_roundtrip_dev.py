"""The README's way on AWS, with `inventories/dev.py` as a person fills it in, against the sandbox's endpoint."""

import json
import os
import pty
import subprocess

import pytest
from roundtrip_world import ROOT

OFFLINE = {"chart_mirror": "sandbox/charts", "db_ca_bundle": "sandbox/aws/rds-ca.pem"}
"""As typed in the project's directory."""


@pytest.fixture
def inventory(tmp_path):
    text = (ROOT / "inventories" / "dev.py").read_text()
    filled = text.replace('"000000000000"', '"123456789012"').replace('"endpoint_public_cidrs": []', '"endpoint_public_cidrs": ["52.94.76.10/32"]')
    assert filled.count("52.94.76.10/32") == 1
    path = tmp_path / "dev.py"
    path.write_text(filled)
    return path


def confirmed(box, verb, environment, answer, **given):
    """A run without `-y`, at a terminal where a person answers."""
    ours, theirs = pty.openpty()
    command = [word for word in box.command(verb, **given) if word != "-y"]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**box.environment, **environment}, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    os.write(ours, answer.encode())
    output, _ = process.communicate(timeout=300)
    os.close(ours)
    os.close(theirs)
    return process.returncode, output


def test_the_way_of_a_platform_on_aws(box, inventory, tmp_path):
    daemon = box.daemon
    keys = {"AWS_ENDPOINT_URL": box.endpoint, "AWS_ACCESS_KEY_ID": daemon["access_key_id"], "AWS_SECRET_ACCESS_KEY": daemon["secret_access_key"]}
    given = {"inventory": inventory, **OFFLINE}
    planned = box.done("install", "--dry", "--diff", environment=keys, **given)
    assert "+ eks.cluster airflow-dev" in planned.output and planned.writes == []
    before = len(box.calls)
    _, output = confirmed(box, "install", keys, "n\n", **given)
    assert not any(call["write"] for call in box.calls[before:]), output
    code, output = confirmed(box, "install", keys, "\n", **given)
    assert code == 0, output
    files = {"json": tmp_path / "verify.json", "junit": tmp_path / "verify.xml", "html": tmp_path / "verify.html"}
    verified = box.done("verify", environment=keys, **files, **given)
    assert "airflow-dev is as declared and works" in verified.output
    assert json.loads(files["json"].read_text())["@eks/airflow-dev"]["healthy"] and files["junit"].exists()
    assert "is as declared and works" in files["html"].read_text()
    assert box.done("install", environment=keys, prune="true", **given).writes == []
    planned = box.done("cleanup", "--dry", "--diff", environment=keys, **given)
    assert "- eks.cluster airflow-dev" in planned.output and planned.writes == []
    code, output = confirmed(box, "cleanup", keys, "\n", **given)
    assert code == 0, output
    assert "kept by AWS: RDS snapshot airflow-dev-final-" in output
