"""What all tests share: the repository root on the path and gevent underneath, as pyinfra's command has them."""

import os
import sys
from pathlib import Path

import pyinfra_cli  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent.parent))

os.environ["AIRFLOW_ON_EKS_PODS"] = "kwok"  # where a test wants processes it says so

import freezegun  # noqa: E402 (after gevent has taken ssl over)

# pyinfra-testing stops the clock for each fact, and freezegun would import all that the client of Kubernetes could import.
freezegun.configure(extend_ignore_list=["kubernetes"])


def pytest_addoption(parser):
    live = parser.getgroup("live", "tests on a real AWS account, which cost money: docs/live.md")
    live.addoption("--live", action="store_true", help="run tests/live")
    live.addoption("--account-id", help="the account they make and remove deployments in")
    live.addoption("--region", default="us-west-2", help="where in it: take one that nothing else uses")
    live.addoption("--from-cidr", help="the range this machine is seen from, as 203.0.113.7/32")
    parser.addoption("--write-plans", action="store_true", help="keep the plans of the example inventories as they are now: tests/plans")
