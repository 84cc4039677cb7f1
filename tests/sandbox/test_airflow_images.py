"""What stands for the images of the Airflow release, as data; and the programs that the images have of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.node.images import airflow, find

VERSION = "3.3.2"


@pytest.fixture
def environment(tmp_path):
    made = tmp_path / "environment"
    packages = made / f"lib/python3.{sys.version_info.minor}/site-packages"
    for package in ("certifi", "botocore"):
        (packages / package).mkdir(parents=True)
    (made / "bin").mkdir()
    (made / "bin/python").symlink_to(os.path.realpath(sys.executable))
    return made


@pytest.fixture
def table(environment, tmp_path):
    return airflow.images(environment, VERSION, tmp_path)


@pytest.mark.parametrize(
    ("image", "user", "starts"),
    [
        ("apache/airflow:3.3.2", 50000, "dumb-init"),
        ("docker.io/apache/airflow:3.3.2-python3.12", 50000, "dumb-init"),
        ("apache/airflow:airflow-pgbouncer-2025.03.05-1.23.1", 65534, ""),
        ("apache/airflow:airflow-pgbouncer-exporter-2025.03.05-0.18.0", 65534, "pgbouncer_exporter"),
        ("quay.io/prometheus/statsd-exporter:v0.30.0", 65534, "statsd_exporter"),
    ],
)
def test_each_image_of_the_release_has_something_that_stands_for_it(table, image, user, starts):
    found = find(table, image)
    assert found.user == user and "".join(found.entrypoint[:1]) == starts


@pytest.mark.parametrize("image", ["apache/airflow:3.2.1", "example.com/apache/airflow:3.3.2", "registry.k8s.io/git-sync/git-sync:v4.4.0"])
def test_nothing_stands_for_another(table, image):
    assert find(table, image) is None


def test_the_containers_trust_what_python_trusts(table, environment):
    trusted = find(table, "apache/airflow:3.3.2").trust
    assert {path.split("/")[-2] for path in trusted} == {"certifi", "botocore"} and all(path.startswith("/home/airflow/.local/lib/") for path in trusted)


def test_a_python_outside_of_usr_is_there_too(table):
    base = os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))
    sources = [step[1] for step in find(table, "apache/airflow:3.3.2").steps if step[0] == "bind"]
    assert (base in sources) == (base != "/usr")


@pytest.mark.parametrize(("said", "new"), [("PgBouncer 1.18.0", False), ("PgBouncer 1.21.0", True), ("PgBouncer 2.0.1", True), ("", False)])
def test_a_pgbouncer_counts_once_it_knows_prepared_statements(monkeypatch, said, new):
    monkeypatch.setattr(airflow.shutil, "which", lambda *_, **__: "/usr/sbin/pgbouncer")
    monkeypatch.setattr(airflow.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, said, ""))
    assert airflow.has_pgbouncer() is new


def entrypoint(tmp_path, *words, **variables):
    """Run with stand-ins for python and airflow that say what they are called with."""
    for name, script in (
        ("python", '[ -e "$DATABASE" ] || { echo refused >&2; exit 1; }\n[ "$1" = -c ] || echo python "$@"'),
        ("airflow", 'echo airflow "$@"'),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DATABASE": str(tmp_path / "database"), **variables}
    return subprocess.run([airflow.PROGRAMS / "entrypoint", *words], env=environment, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    ("words", "said"),
    [(("airflow", "db", "migrate"), "airflow db migrate"), (("scheduler",), "airflow scheduler"), (("bash", "-c", "echo $((6 * 7))"), "42")],
)
def test_the_entrypoint_runs_commands_as_the_images_does(tmp_path, words, said):
    assert entrypoint(tmp_path, *words).stdout == f"{said}\n"


def test_the_entrypoint_waits_for_the_database_and_gives_up(tmp_path):
    given = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://a:secret@b/c", "CONNECTION_CHECK_MAX_COUNT": "2", "CONNECTION_CHECK_SLEEP_TIME": "0"}
    gave_up = entrypoint(tmp_path, "scheduler", **given)
    assert gave_up.returncode == 1 and "Maximum number of retries (2) reached.\nrefused" in gave_up.stdout and "secret" not in gave_up.stdout
    Path(tmp_path, "database").touch()
    assert entrypoint(tmp_path, "scheduler", **given).stdout == "airflow scheduler\n"
