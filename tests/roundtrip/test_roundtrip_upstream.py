"""
Upstream's own charts on the sandbox, with no network but loopback: ``make charts TO=<directory>`` brings them, UPSTREAM_CHARTS names it.

    UPSTREAM_CHARTS=~/charts .venv/bin/python -m pytest -m slow tests/roundtrip/test_roundtrip_upstream.py
"""

import os
from pathlib import Path

import pytest
from alone import alone
from roundtrip_world import OWNER

from settings.defaults import defaults

EVERYTHING = {name: True for name, value in defaults().items() if name.startswith("enable_") and value is False}


@pytest.fixture(scope="module")
def mirror():
    directory = os.environ.get("UPSTREAM_CHARTS")
    if not directory:
        pytest.skip("UPSTREAM_CHARTS is unset: `make charts TO=<directory>` brings upstream's charts into the directory it names")
    missing = [chart for chart, pin in defaults()["charts"].items() if not (Path(directory) / f"{chart}-{pin['version']}.tgz").is_file()]
    assert not missing, f"UPSTREAM_CHARTS is {directory}, and has no {', '.join(missing)} of the pinned version"
    return Path(directory).absolute()


@pytest.mark.slow
def test_upstream_charts_are_installed_verified_and_removed_without_a_network(mirror):
    given = {"chart_mirror": mirror, **EVERYTHING}
    try:
        with alone() as box:
            box.up()
            box.done("install", limit=1800, **given)
            again = box.done("install", **given)
            assert (again.changed, again.writes) == ([], [])
            box.done("verify", **given)
            box.done("cleanup", limit=1800, **given)
            assert [thing for thing in box.left() if thing["tags"].get(OWNER)] == []
            assert box.interfaces() == ["lo"]
            assert box.attempts() == {"IPv4": 0, "IPv6": 0}
    except LookupError as reason:
        pytest.skip(f"this machine makes no network namespace: {reason}")
