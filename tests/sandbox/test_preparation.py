"""Who runs the pods where nobody says so, and what is told of what is made once per user."""

import re

import pytest

from sandbox import lifecycle, node, postgres, preparation
from sandbox.airflow import EnvironmentFailure
from sandbox.home import Daemon
from sandbox.preparation import Part
from sandbox.programs import telling


@pytest.fixture
def able(monkeypatch):
    monkeypatch.delenv(preparation.PODS)
    for room in (node, postgres):
        monkeypatch.setattr(room, "missing", lambda: None)


@pytest.fixture
def parts(monkeypatch):
    """Two things to make, the second of them for pods that are processes: what was made, and what the second one says against it."""
    made, against = [], []

    def airflow():
        if against:
            raise EnvironmentFailure(against[0])
        made.append("airflow")

    monkeypatch.setattr(preparation, "_always", lambda karpenter: [Part("the programs", "4 minutes", True, lambda: made.append("programs"))])
    monkeypatch.setattr(preparation, "_running", lambda: [Part("airflow", "1 minute", False, airflow)])
    return made, against


def test_pods_are_processes_unless_somebody_says_otherwise(able, monkeypatch):
    assert preparation.choose(None) and not preparation.choose("kwok")
    monkeypatch.setenv(preparation.PODS, "kwok")
    assert not preparation.choose(None) and preparation.choose("processes")
    with pytest.raises(ValueError, match="kwok or processes, not by docker: correct --pods or AIRFLOW_ON_EKS_PODS"):
        preparation.choose("docker")


def test_where_they_cannot_be_one_line_says_why_and_kwok_plays_them(able, monkeypatch, capsys):
    monkeypatch.setattr(postgres, "missing", lambda: "a database needs PostgreSQL: install it")
    assert not preparation.choose(None)
    assert capsys.readouterr().err == "sandbox: a database needs PostgreSQL: install it; until then kwok plays the pods\n"


def test_what_is_there_is_told_and_what_is_not_is_made(parts, capsys):
    assert preparation.prepare(processes=True, karpenter=False) is True
    assert parts[0] == ["programs", "airflow"]
    first, second = capsys.readouterr().out.splitlines()
    assert first == "taken from the cache: the programs" and re.fullmatch(r"behind RDS's endpoints is PostgreSQL \d+\.\d+, whatever.*", second)


def test_without_airflows_environment_kwok_plays_the_pods(parts, capsys):
    parts[1].append("PyPI does not answer")
    assert preparation.prepare(processes=True, karpenter=False) is False
    assert capsys.readouterr().err == "sandbox: PyPI does not answer; until then kwok plays the pods\n"


def test_ready_tells_what_is_made_first_and_how_long_it_takes(able, parts, monkeypatch, capsys):
    monkeypatch.setattr(preparation, "read_daemon", lambda: None)
    assert preparation.print_ready(None) == 3
    assert capsys.readouterr().out == "made first, once per user: airflow (1 minute)\n"
    assert preparation.print_ready("kwok") == 0 and capsys.readouterr().out == ""


def test_pods_of_a_sandbox_that_is_up_stay_as_they_are(monkeypatch):
    up = Daemon(1, 1, 1, "id", "key", "us-west-2", "123456789012", kubernetes=True, processes=False)
    monkeypatch.setattr(lifecycle, "read_daemon", lambda: up)
    with pytest.raises(lifecycle.SandboxError, match="its pods are run by kwok: end it first, python -m sandbox down"):
        lifecycle.start(None, 0, True, None, None, pods="processes")
    assert lifecycle.start(None, 0, True, None, None, pods="kwok") is False


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [(0, 100, 10, None), (4, 100, 10, None), (25, 100, 60, "about 3m left"), (99, 100, 60, "about 1m left"), (101, 100, 60, None), (10, 0, 10, None)],
)
def test_how_long_a_build_will_take_follows_from_what_is_done(done, total, seconds, told):
    assert telling.left(done, total, seconds) == told
