"""An image that the node does not know is asked for, once for all pods that wait for it; Airflow's of any version has something to stand for it."""

import asyncio
import dataclasses
import json
from http import HTTPStatus

import pytest

from sandbox.airflow import EnvironmentFailure
from sandbox.aws.eks import images as outside
from sandbox.node.identity import amazon
from sandbox.node.images import SHELL, Image, find, full_name
from sandbox.node.images.airflow import version_of
from sandbox.node.images.pulls import Pulls

AIRFLOW = "docker.io/apache/airflow:3.2.2"


@pytest.fixture
def sandbox(monkeypatch):
    """What is asked of the sandbox, and what it answers; it takes a while."""
    asked, answers = [], {}

    async def ask(method, path, body):
        asked.append((method, path, json.loads(body)["image"]))
        await asyncio.sleep(0.05)
        return answers.get("status", HTTPStatus.OK), json.dumps(answers.get("told", {}))

    monkeypatch.setattr(amazon, "ask", ask)
    return asked, answers


def pulled(*images):
    async def pull():
        pulls = Pulls((SHELL,))
        whys = await asyncio.gather(*(pulls.pull(image) for image in images))
        return pulls, whys

    return asyncio.run(pull())


def test_it_is_asked_for_once_and_known_from_then_on(sandbox):
    asked, answers = sandbox
    answers["told"] = {"image": dataclasses.asdict(Image(AIRFLOW, user=50000, steps=(("directory", "/opt", 0o755),)))}
    pulls, whys = pulled(AIRFLOW, AIRFLOW)
    assert whys == [None, None] and asked == [("POST", "image", AIRFLOW)]
    assert pulls.find("apache/airflow:3.2.2").user == 50000 and pulls.find("busybox") and not pulls.find("apache/airflow:3.2.20")
    asyncio.run(pulls.pull(AIRFLOW))
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "told", "why"),
    [(HTTPStatus.OK, {}, ""), (HTTPStatus.OK, {"why": "no Python for it"}, " (no Python for it)"), (HTTPStatus.NOT_FOUND, {}, " (404: {})")],
)
def test_why_nothing_stands_for_it_is_told(sandbox, status, told, why):
    sandbox[1].update(status=status, told=told)
    assert pulled("quay.io/no/such:1")[1] == [why]


def test_without_a_sandbox_nothing_stands_for_it(monkeypatch):
    async def ask(*_):
        raise ConnectionResetError("AWS does not answer")

    monkeypatch.setattr(amazon, "ask", ask)
    assert pulled("quay.io/no/such:1")[1] == [""]


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("apache/airflow:3.2.2", "3.2.2"),
        ("apache/airflow:3.4.0-python3.13", "3.4.0"),
        ("apache/airflow:airflow-pgbouncer-2025.03.05-1.23.1", None),
        ("apache/airflow", None),
        ("example.com/apache/airflow:3.2.2", None),
    ],
)
def test_which_airflow_an_image_has(image, version):
    assert version_of(full_name(image)) == version


def test_an_environment_of_its_version_stands_for_it_or_a_line_says_why_not(monkeypatch, tmp_path):
    (tmp_path / "lib/python3.13/site-packages/certifi").mkdir(parents=True)
    monkeypatch.setattr("sandbox.airflow.environment", lambda progress, version: tmp_path if version == "3.2.2" else fail(version))
    found = Image(**json.loads(json.dumps(outside.find(AIRFLOW)))["image"])
    assert find([found], "apache/airflow:3.2.2") and found.environment["AIRFLOW_VERSION"] == "3.2.2" and str(tmp_path) in str(found.steps)
    assert outside.find("docker.io/apache/airflow:3.0.1") == {"why": "no Airflow 3.0.1"} and outside.find("quay.io/no/such:1") == {}


def fail(version):
    raise EnvironmentFailure(f"no Airflow {version}")
