"""How long a run is said to take: at least as long as AWS needs for its longest chain, and corrected while it goes."""

import pytest
from pyinfra.context import ctx_host

from benchmarks.critical_path import cleanup_path, install_path, total
from benchmarks.empty_world import EmptyWorld
from deploys.estimate import WORK, left
from deploys.platform import platform
from deploys.run import backwards, forwards
from deploys.want import tagged
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"], "db_ca_bundle": "global"}


@pytest.fixture(scope="module")
def wants():
    settings = Settings.of(GIVEN)
    return tagged(platform(settings), settings.tag)


@pytest.fixture(scope="module")
def install(wants):
    with ctx_host.use(EmptyWorld()):
        made = [(want, "create") for want in forwards(wants) if want.present and not want.stray and want.commands()]
    return made


def test_an_install_takes_as_long_as_aws_needs_and_the_work_beside_it(wants, install):
    least = total(install_path(wants))
    assert least <= left(install, {}, {}, 0, pace=1) <= 1.5 * least


def test_a_cleanup_too(wants):
    steps = [(want, "remove") for want in backwards(wants) if not want.stray]
    least = total(cleanup_path(wants))
    assert least <= left(steps, {}, {}, 0, pace=1) <= 2 * least


def test_in_the_sandbox_aws_is_fast_and_the_own_work_is_not(install):
    work = left(install, {}, {}, 0, pace=1e9)
    assert sum(WORK.values()) < work < left(install, {}, {}, 0, pace=60) < left(install, {}, {}, 0, pace=1)


def test_what_has_been_waited_for_is_no_longer_expected(install):
    names = [str(want) for want, _ in install]
    cluster = names.index("eks.cluster_active airflow-dev")
    began = {name: 0.0 for name in names[: cluster + 1]}
    ended = {name: 10.0 for name in names[:cluster]}
    early, late = (left(install, began, ended, now, pace=1) for now in (20, 400))
    assert early - late == pytest.approx(380, abs=15)


def test_what_takes_longer_than_usual_is_expected_at_any_moment(install):
    names = [str(want) for want, _ in install]
    last = names[-1]
    assert left(install, {name: 0.0 for name in names}, {name: 1.0 for name in names if name != last}, 10000, pace=1) == 0
