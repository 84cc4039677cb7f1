"""One platform for all drifts: the core, Karpenter with a pool for task pods, and a tag of the user's own."""

import os

import pytest
from drift_world import Platform

import sandbox
from settings.defaults import defaults

ON = ("enable_karpenter",)
SETTINGS = {**{name: False for name in defaults() if name.startswith("enable_") and name not in ON}, "task_placement": "karpenter", "ingress_scheme": None}
SETTINGS |= {"tags": {"team": "data"}}


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    home = tmp_path_factory.mktemp("drift") / "home"
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(home)
    try:
        made = Platform(sandbox.up(time_scale=600), home, SETTINGS)
        made.converge()
        yield made
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before
