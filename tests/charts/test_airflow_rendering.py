"""What runs on the sandbox is what runs on AWS: the containers of the Airflow release and its configuration, but for account, region and names."""

import json
import os
import runpy
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml

from connectors.kubernetes.manifest import values
from deploys.platform.airflow_objects import airflow_values
from settings import Settings
from settings.root import ROOT

AWS = {"deployment": "airflow-there", "account_id": "210987654321", "region": "eu-central-1", "endpoint_public_cidrs": ["1.2.3.4/32"]}
SAME = "image", "command", "args", "env", "envFrom", "workingDir"
UPSTREAMS_ALONE = {f"{name}/{name.removeprefix('Deployment/airflow-')}-log-groomer" for name in (
    "Deployment/airflow-scheduler", "Deployment/airflow-dag-processor", "Deployment/airflow-triggerer",
)}  # fmt: skip
"""Containers that the stand-in leaves out, as its README says."""


def sandbox() -> Settings:
    """What inventories/sandbox.py comes to."""
    (address, data), *_ = runpy.run_path(str(ROOT / "inventories/sandbox.py"))["deployments"]
    return Settings.of({"deployment": address.partition("/")[2], **data}, inventory=ROOT / "inventories")


def release(settings: Settings) -> dict:
    """The values of the release, with references by name."""
    return values("airflow", json.loads(json.dumps(airflow_values(settings), default=str)))


def containers(objects: dict) -> dict[str, dict]:
    """What each container of the release is started with, those of task pods too."""
    pods = {name: template["spec"] for name, item in objects.items() if (template := _template(item))}
    pods["task"] = yaml.safe_load(objects["ConfigMap/airflow-config"]["data"]["pod_template_file.yaml"])["spec"]
    return {
        f"{name}/{container['name']}": {field: container.get(field) for field in SAME if container.get(field)}
        for name, spec in pods.items()
        for container in (*(spec.get("initContainers") or ()), *spec["containers"])
    }


def _template(item: dict) -> dict | None:
    spec = item.get("spec") or {}
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec).get("template")


def options(objects: dict) -> dict[tuple[str, str], str]:
    parser = RawConfigParser()
    parser.read_string(objects["ConfigMap/airflow-config"]["data"]["airflow.cfg"])
    return {(section, option): value for section in parser.sections() for option, value in parser[section].items()}


def test_settings_of_the_sandbox_change_nothing_of_what_runs(render):
    here, there = sandbox(), Settings.of(AWS)
    ours, awss = render(release(here)), render(release(there))
    told = json.dumps([containers(ours), sorted(options(ours).items())])
    for field in ("deployment", "account_id", "region"):
        told = told.replace(getattr(here, field), getattr(there, field))
    assert json.loads(told) == json.loads(json.dumps([containers(awss), sorted(options(awss).items())]))
    assert len(containers(ours)) >= 14 and here.bucket("airflow-logs") in json.dumps(sorted(options(ours).items()))


def test_stand_in_starts_what_upstreams_chart_starts(render):
    directory = os.environ.get("UPSTREAM_CHARTS")
    if not directory:
        pytest.skip("UPSTREAM_CHARTS is unset: `make charts TO=<directory>` brings upstream's charts into the directory it names")
    (chart,) = Path(directory).glob("airflow-[0-9]*.tgz")
    wanted = release(sandbox())
    ours, upstreams = render(wanted), render(wanted, chart=chart)
    theirs = containers(upstreams)
    assert {name: theirs.pop(name) for name in UPSTREAMS_ALONE}
    assert containers(ours) == theirs
    assert options(ours).items() <= options(upstreams).items()
