"""The environment of another Airflow than the pinned one: of what PyPI had on its release day, on a Python that it takes."""

import io
import json
import sys
from pathlib import Path

import pytest

from sandbox.airflow import VERSION, EnvironmentFailure, environment, releases

MODULE = sys.modules[environment.__module__]
FILES = [
    {"filename": "apache_airflow-3.2.2.tar.gz", "upload-time": "2026-05-28T00:00:00Z"},
    {"filename": "apache_airflow-3.2.2-py3-none-any.whl", "upload-time": "2026-05-29T05:19:55.297954Z", "requires-python": "!=3.15,>=3.10"},
    {"filename": "apache_airflow-3.0.2-py3-none-any.whl", "upload-time": "2025-06-10T14:33:03Z", "requires-python": "~=3.9,<3.13"},
    {"filename": "apache_airflow-3.0.1-py3-none-any.whl", "requires-python": "~=3.9"},
]


@pytest.fixture
def index(monkeypatch):
    """The package index, as it answers; the requests it got."""
    asked = []

    def opened(request, timeout):
        asked.append(request)
        return io.BytesIO(json.dumps({"files": FILES}).encode())

    monkeypatch.setattr(releases.urllib.request, "urlopen", opened)
    return asked


@pytest.fixture
def made(index, monkeypatch, tmp_path):
    """What uv is asked for, by two Pythons; nothing is installed."""
    asked = []

    def run(command, line, progress, **_):
        asked.append([*command, *([Path(command[-1]).read_text()] if "--requirements" in command else [])])
        return 0

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(MODULE, "pythons", lambda: iter([("3.13.1", "/new/python"), ("3.12.4", "/old/python")]))
    monkeypatch.setattr(MODULE, "run_telling", run)
    return asked


def test_a_release_is_of_a_day_and_takes_some_pythons(index):
    found = releases.release("3.2.2")
    assert found.day == "2026-05-29" and found.takes("3.13.1") and not found.takes("3.9.2")
    assert index[0].full_url == "https://pypi.org/simple/apache-airflow/" and "json" in index[0].headers["Accept"]


@pytest.mark.parametrize("version", ["3.9.9", "3.0.1"])
def test_one_that_is_not_there_or_has_no_day_is_a_line(index, version):
    with pytest.raises(EnvironmentFailure, match=f"has no Airflow {version}, or does not tell when it was released"):
        releases.release(version)


def test_an_index_that_does_not_answer_is_a_line(monkeypatch):
    def opened(request, timeout):
        raise OSError("no route")

    monkeypatch.setattr(releases.urllib.request, "urlopen", opened)
    with pytest.raises(EnvironmentFailure, match="does not tell when Airflow 3.2.2 was released: no route"):
        releases.release("3.2.2")


@pytest.mark.parametrize(("version", "python", "day"), [("3.2.2", "/new/python", "2026-05-29"), ("3.0.2", "/old/python", "2025-06-10")])
def test_it_has_what_there_was_on_its_day_and_the_newest_python_it_takes(made, version, python, day):
    assert environment(lambda line: None, version).is_dir()
    (venv, install) = made
    assert venv[venv.index("--python") + 1] == python and install[install.index("--exclude-newer") + 1] == day
    assert f"apache-airflow[statsd]=={version}\n" in install[-1] and "apache-airflow-providers-fab\n" in install[-1] and VERSION not in install[-1]
    environment(lambda line: None, version)
    assert len(made) == 2, "it is made once"


def test_the_pinned_one_is_the_lock_files(made, index):
    environment(lambda line: None)
    assert not index and "--exclude-newer" not in made[1] and f"\napache-airflow=={VERSION}\n" in made[1][-1]


def test_without_a_python_that_it_takes_a_line_says_which_it_wants(made, monkeypatch):
    monkeypatch.setattr(MODULE, "pythons", lambda: iter([("3.13.1", "/new/python")]))
    with pytest.raises(EnvironmentFailure, match="Airflow 3.0.2 wants a Python .*<3.13.*, which is not on the PATH: install one"):
        environment(lambda line: None, "3.0.2")
