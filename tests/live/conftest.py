"""Real deployments, made and removed in the account that is named on the command line."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "roundtrip"))

HOW = "costs money, docs/live.md: python -m pytest tests/live --live --account-id N --from-cidr <your address>/32"


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--live"):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=HOW))


@pytest.fixture(scope="module")
def account(pytestconfig, tmp_path_factory):
    """A deployment of an own name; whatever a test leaves of it is removed in the end."""
    from live_world import Account

    given = {name: pytestconfig.getoption(f"--{name}") for name in ("account-id", "region", "from-cidr")}
    if missing := [f"--{name}" for name, value in given.items() if not value]:
        pytest.fail(f"{', '.join(missing)} is not given: {HOW}")
    account = Account(tmp_path_factory.mktemp("live"), given["account-id"], given["region"], given["from-cidr"])
    account.refuse_another()
    yield account
    account.done("cleanup")


@pytest.fixture
def installed(account):
    """The platform with the Spark example."""
    account.done("install", enable_airflow_spark_example=True)
    return account
