"""What stands for docker in the sandbox builds what `make image` asks for, and nothing else."""

import pytest

from deploys.image import DOCKERFILE
from sandbox import docker
from sandbox.airflow import VERSION
from sandbox.node.images import Image, find

OURS = DOCKERFILE.format(base=f"apache/airflow:{VERSION}", version=VERSION)
AIRFLOW = Image(f"docker.io/apache/airflow:{VERSION}", environment={"PATH": "/usr/bin"}, steps=(("directory", "/opt/airflow", 0o755),))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_ON_EKS_SANDBOX", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_the_dockerfile_of_make_image_is_understood(tmp_path):
    (tmp_path / "Dockerfile").write_text(OURS)
    assert docker._packages(tmp_path) == ["-r", "requirements.txt"]


@pytest.mark.parametrize("text", [OURS.replace(VERSION, "3.0.0"), OURS + "RUN apt-get update\n", "FROM python:3.13\n"])
def test_another_is_refused(tmp_path, text):
    (tmp_path / "Dockerfile").write_text(text)
    with pytest.raises(ValueError, match="wanted a Dockerfile that begins with apache/airflow"):
        docker._packages(tmp_path)


def test_a_built_image_is_airflows_with_its_packages(home):
    (home / "images.json").write_text('{"registry.example.com/airflow:1": "/somewhere"}')
    images = (AIRFLOW, *docker.built(AIRFLOW))
    found = find(images, "registry.example.com/airflow:1")
    assert found.environment == {"PATH": "/usr/bin", "PYTHONPATH": "/packages"} and found.steps[-1] == ("bind", "/somewhere", "/packages", True)
    assert find(images, f"apache/airflow:{VERSION}") == AIRFLOW and find(images, "registry.example.com/airflow:2") is None


def test_without_a_sandbox_nothing_is_built(tmp_path, capsys):
    (tmp_path / "Dockerfile").write_text(OURS)
    assert docker.main(["build", "--tag", "registry.example.com/airflow:1", str(tmp_path)]) == 1
    assert "python -m sandbox up --pods processes" in capsys.readouterr().err


def test_what_was_not_built_is_not_pushed(home, capsys):
    (home / "images.json").write_text('{"registry.example.com/airflow:1": "/somewhere"}')
    assert docker.main(["push", "registry.example.com/airflow:1"]) == 0
    assert docker.main(["push", "registry.example.com/airflow:2"]) == 1 and "there is no image" in capsys.readouterr().err
