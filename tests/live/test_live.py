"""The round trip and the stories of its end, on AWS itself."""

import pytest
import stories

SPARK = {"enable_airflow_spark_example": True}


def removed(account, **data):
    """Cleanup, which leaves nothing, and a second one, which changes nothing."""
    cleaned = account.done("cleanup", **data)
    assert account.remains() == [], cleaned.output
    assert account.done("cleanup", **data).changed == []
    return cleaned


def test_the_round_trip(account):
    account.done("install", "--dry", "--diff")
    assert account.remains() == [], "a plan makes nothing"
    account.done("install")
    assert account.done("install").changed == []
    account.done("verify")
    assert "data that goes:" in account.done("cleanup", "--dry", "--diff").output
    removed(account)


def test_a_platform_with_a_running_spark_job_is_removed(installed):
    stories.job_runs(installed)
    removed(installed, **SPARK)


@pytest.mark.parametrize("story", [*stories.WITH_KARPENTER, *stories.ANYWHERE], ids=lambda story: story.__name__)
def test_a_platform_is_removed_after_on_aws(installed, story):
    story(installed)
    removed(installed, **SPARK)


def test_a_platform_is_removed_though_its_api_server_cannot_be_reached(installed):
    eks = installed.client("eks")
    eks.update_cluster_config(name=installed.deployment, resourcesVpcConfig={"publicAccessCidrs": ["52.94.76.10/32"]})
    stories.eventually(lambda: eks.describe_cluster(name=installed.deployment)["cluster"]["status"] == "ACTIVE", 1200)
    assert "its API server does not answer since" in removed(installed, **SPARK).output


@pytest.mark.parametrize("seconds", [15, 120, 600, 1200])
def test_half_an_install_is_removed_on_aws(account, seconds):
    account.killed("install", seconds)
    removed(account)
