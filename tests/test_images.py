"""The images of charts and jobs: listed, copied, and taken from a registry of the company's."""

import os
import stat

import pytest

from deploys import images
from deploys.platform import platform
from settings import STAND_IN, Settings

REGISTRY = "123456789012.dkr.ecr.us-west-2.amazonaws.com/mirror"
CHARTS = os.environ.get("UPSTREAM_CHARTS", "sandbox/charts")
"""The stand-ins; upstream's own where somebody has them."""


def settings(**more) -> Settings:
    return Settings.of({**STAND_IN, **images.EVERYTHING, "chart_mirror": CHARTS, **more})


@pytest.fixture(scope="module")
def upstream():
    return images.upstream(settings())


def test_every_image_is_taken_from_the_registry_under_its_whole_name(upstream):
    copies = images.upstream(settings(image_registry=REGISTRY))
    assert len(upstream) >= 15 and copies == sorted(f"{REGISTRY}/{image}" for image in upstream)


def test_jobs_and_applications_take_theirs_there_too():
    wants = {str(want): want.fields for want in platform(settings(image_registry=REGISTRY))}
    (container,) = wants["k8s.bundle database-user"]["overlay"]["Job/airflow-database-user"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"{REGISTRY}/docker.io/apache/airflow:3.3.2"
    (samples,) = wants["k8s.bundle airflow-dags-samples"]["objects"]
    assert f"image: {REGISTRY}/docker.io/apache/spark:" in samples["data"]["example_pyspark_pi_job.yaml"]


def tool(directory, name: str, script: str):
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "upstream", lambda settings: ["docker.io/apache/airflow:3.3.2", "quay.io/prometheus/prometheus:v3"])
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_copies_are_made_by_the_tool_that_is_there(path, capsys):
    tool(path, "docker", "exit 1")
    tool(path, "crane", f'[ "$1" = version ] || [ "$1 $2 $3" = "copy docker.io/apache/airflow:3.3.2 {REGISTRY}/docker.io/apache/airflow:3.3.2" ] || exit 3')
    assert images.main([REGISTRY]) == 1
    told = capsys.readouterr()
    assert told.out == f"docker.io/apache/airflow:3.3.2 -> {REGISTRY}/docker.io/apache/airflow:3.3.2\n"
    assert told.err == "quay.io/prometheus/prometheus:v3: crane said nothing\n1 of 2 images failed, crane says why above\n"


def test_they_are_listed_by_digest(path, capsys):
    tool(path, "skopeo", "echo sha256:0123")
    assert images.main([]) == 0
    assert capsys.readouterr().out == "docker.io/apache/airflow:3.3.2@sha256:0123\nquay.io/prometheus/prometheus:v3@sha256:0123\n"


def test_without_a_tool_the_commands_are_printed(path, capsys):
    assert images.main([REGISTRY]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[1] == f"skopeo copy --all docker://quay.io/prometheus/prometheus:v3 docker://{REGISTRY}/quay.io/prometheus/prometheus:v3"
    assert "run the commands above where skopeo is" in told.err
