"""Upgrades and the way back: stage by stage, past what fails in each, past a kill in each, and nothing that an install would do."""

import json

import pytest
from kills import called, helm_runs, killed
from roundtrip_world import OWNER

from settings.defaults import defaults

SMALL = {name: False for name in defaults() if name.startswith("enable_") and name != "enable_karpenter"} | {"task_placement": "karpenter"}
OLD = {"kubernetes_version": '"1.35"', "db_engine_version": '"16"', "airflow_version": "3.3.1"}
NEW = {"kubernetes_version": '"1.36"', "db_engine_version": '"17"', "airflow_version": "3.3.2"}
LATER, AT_ONCE = {"upgrade_bake_hours": 144}, {"upgrade_bake_hours": 0}


def test_what_an_upgrade_would_do_is_told_and_an_install_refused(platform):
    refused = platform.run("install", "--dry", kubernetes_version='"1.37"')
    assert refused.code != 0 and "Kubernetes is 1.36, and kubernetes_version names 1.37: deploys/upgrade.py goes there" in refused.output, refused.output
    planned = platform.done("upgrade", "--dry", "--diff", kubernetes_version='"1.37"')
    rows = {line.strip().partition("  ")[0]: line.split() for line in planned.output.splitlines() if "  " in line.strip()}
    assert rows["Kubernetes"][1:4] == ["1.36", "1.37", "1.37"] and "~ eks.cluster airflow-sandbox" in planned.output, planned.output
    assert "addonVersion" not in planned.output, "what fits both versions stays"
    back = platform.run("rollback", "--dry", "--diff", kubernetes_version='"1.35"')
    assert back.code != 0 and "it was not upgraded, or was rolled back already" in back.output, back.output
    assert refused.writes == planned.writes == back.writes == []


@pytest.fixture(scope="module")
def live(box):
    """A small platform of older versions."""
    box.done("install", **SMALL, **OLD)
    return box


@pytest.fixture
def faults(live):
    yield lambda service, action, **more: live.tell("faults", {"faults": [{"service": service, "action": action, "kind": "failed", **more}]})
    live.tell("faults", {"faults": []})


def upgrade(box, **settings):
    return box.run("upgrade", **SMALL, **settings)


def versions(box) -> tuple[str, str]:
    eks, this = box.client("eks"), {"clusterName": "airflow-sandbox"}
    group = eks.describe_nodegroup(**this, nodegroupName="core-node-group")["nodegroup"]
    return eks.describe_cluster(name="airflow-sandbox")["cluster"]["version"], group["version"]


def addon(box, name) -> str:
    return box.client("eks").describe_addon(clusterName="airflow-sandbox", addonName=name)["addon"]["addonVersion"]


def pods(box, name) -> int:
    found = json.loads(box.tool("kubectl", "get", "deployment", name, "--namespace", "airflow", "--output", "json"))
    return found["spec"]["replicas"]


def budgets(box) -> list:
    return json.loads(box.tool("kubectl", "get", "nodepool", "tasks", "--output", "json"))["spec"]["disruption"]["budgets"]


def green(box, **settings):
    for verb in ("install", "verify"):
        ran = box.done(verb, **SMALL, **settings)
        assert ran.writes == [], ran.output


@pytest.mark.slow
def test_what_eks_finds_against_it_ends_it_before_anything_changes(live, faults):
    faults("eks", "StartInsightsRefresh")
    ran = upgrade(live, **NEW, **LATER)
    assert ran.code != 0 and "insights of airflow-sandbox on Kubernetes 1.36: ERROR" in ran.output and "Deprecated APIs" in ran.output, ran.output
    assert [write for write in ran.writes if write.startswith("eks")] == ["eks StartInsightsRefresh"]


@pytest.mark.slow
def test_a_control_plane_that_does_not_come_is_tried_again(live, faults):
    faults("eks", "UpdateClusterVersion")
    ran = upgrade(live, **NEW, **LATER)
    assert ran.code != 0 and "Failed, wanted update_successful" in ran.output and "IpNotAvailable" in ran.output, ran.output
    assert versions(live) == ("1.35", "1.35")
    told = live.run("verify", **SMALL)
    assert "spec.disruption.budgets" in told.output and "1 things are not as they should be" in told.output, told.output


@pytest.mark.slow
def test_the_control_plane_is_watched_and_can_go_back(live):
    killed(live, "upgrade", called("UpdateClusterVersion"), **SMALL, **NEW, **LATER)
    raised = upgrade(live, **NEW, **LATER)
    assert raised.code == 0 and versions(live) == ("1.36", "1.35"), raised.output
    assert budgets(live)[-1] == {"nodes": "0", "reasons": ["Drifted"]}
    green(live)
    green(live, kubernetes_version='"1.36"')
    watched = upgrade(live, **NEW, **LATER)
    assert watched.code == 0 and watched.writes == [] and "Kubernetes 1.36 is watched until" in watched.output, watched.output
    back = live.done("rollback", **SMALL, kubernetes_version='"1.35"')
    assert versions(live) == ("1.35", "1.35") and "Kubernetes 1.36 -> 1.35, possible until" in back.output, back.output
    again = live.run("rollback", **SMALL, kubernetes_version='"1.34"')
    assert again.code != 0 and again.writes == [] and "was rolled back already" in again.output, again.output
    green(live)


@pytest.mark.slow
def test_nodes_that_are_stuck_are_gone_past_and_what_follows_them_comes(live, faults):
    faults("eks", "UpdateNodegroupVersion")
    stuck = upgrade(live, kubernetes_version='"1.36"', **AT_ONCE)
    assert stuck.code != 0 and "PodEvictionFailure" in stuck.output and versions(live) == ("1.36", "1.35"), stuck.output
    green(live)
    killed(live, "upgrade", called("UpdateNodegroupVersion"), **SMALL, kubernetes_version='"1.36"', **AT_ONCE)
    faults("eks", "UpdateAddon")
    degraded = upgrade(live, kubernetes_version='"1.36"', **AT_ONCE)
    assert degraded.code != 0 and "InsufficientNumberOfReplicas" in degraded.output, degraded.output
    done = upgrade(live, kubernetes_version='"1.36"', **AT_ONCE)
    assert done.code == 0 and versions(live) == ("1.36", "1.36") and addon(live, "kube-proxy").startswith("v1.36."), done.output
    assert budgets(live) == [{"nodes": "10%"}]
    assert upgrade(live, kubernetes_version='"1.36"', **AT_ONCE).writes == []
    green(live)


@pytest.mark.slow
def test_airflow_is_started_again_where_its_snapshot_fails(live, faults):
    faults("rds", "CreateDBSnapshot")
    ran = upgrade(live, **NEW)
    assert ran.code != 0 and "what was stopped in airflow is started again" in ran.output, ran.output
    assert pods(live, "airflow-scheduler") == 2 and pods(live, "airflow-api-server") == 2
    live.done("verify", **SMALL)


@pytest.mark.slow
def test_database_and_airflow_go_to_their_new_versions_past_kills(live):
    killed(live, "upgrade", called("CreateDBSnapshot"), **SMALL, **NEW)
    assert pods(live, "airflow-scheduler") == 0
    killed(live, "upgrade", called("ModifyDBInstance"), **SMALL, **NEW)
    killed(live, "upgrade", helm_runs, **SMALL, **NEW)
    done = upgrade(live, **NEW)
    assert done.code == 0 and pods(live, "airflow-scheduler") == 2, done.output
    green(live)
    taken = live.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    marks = {tag["Value"] for item in taken if item["Status"] == "available" for tag in item["TagList"] if tag["Key"] == "airflow-on-eks/upgrade"}
    assert marks == {"16.11 to 17", "3.3.1 to 3.3.2"} and all({"Key": OWNER, "Value": "airflow-sandbox"} in item["TagList"] for item in taken)
    older = live.run("rollback", **SMALL, airflow_version="3.3.1")
    assert older.code != 0 and older.writes == [], older.output
    assert "what they were before is in snapshot airflow-sandbox-airflow-3-3-1-to-3-3-2-r" in older.output, older.output


@pytest.mark.slow
def test_the_snapshots_outlive_the_platform(live):
    gone = live.done("cleanup", **SMALL, skip_final_snapshot=True)
    assert "kept by AWS: RDS snapshot airflow-sandbox-airflow-3-3-1-to-3-3-2-r" in gone.output
