"""Upgrades: which stage comes next is read from what runs, and a stage is a selection of the platform's own wants."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host

from connectors.commands.command import AwsCall
from deploys.plan import Step
from deploys.platform.airflow import airflow
from deploys.quotas import short
from deploys.upgrades import data
from deploys.upgrades.back import Rollback
from deploys.upgrades.kubernetes import Kubernetes
from deploys.upgrades.stages import Upgrade
from deploys.want import want
from facts.ec2 import InstanceTypes
from facts.eks import Cluster, LastUpgrade, Nodegroup
from facts.helm import Release
from facts.k8s import Objects
from facts.quotas import Quota, Used
from facts.rds import FreeStorage, Instance
from operations import eks
from operations.differ import Change
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"], "task_placement": "karpenter"}
OWNER = {"airflow-on-eks/deployment": "airflow-dev"}
TAGS = [{"Key": key, "Value": value} for key, value in OWNER.items()]
NAMED = {"kubernetes_version": "1.36", "db_engine_version": "17", "airflow_version": "3.3.2"}


def world(cluster="1.35", nodes="1.35", database="17.7", airflow="3.3.2", ago=None, **more) -> dict:
    """What runs; its control plane was upgraded some hours ago."""
    then = datetime.now(timezone.utc) - timedelta(hours=ago or 0)
    return {
        Cluster: {"status": "ACTIVE", "version": cluster, "tags": OWNER},
        Nodegroup: {"status": "ACTIVE", "version": nodes},
        LastUpgrade: {"type": "VersionUpdate", "createdAt": then.isoformat()} if ago is not None else None,
        Instance: {"DBInstanceStatus": "available", "EngineVersion": database, "AllocatedStorage": 20, "TagList": TAGS},
        Release: {"version": 4, "config": {"airflowVersion": airflow}, "labels": OWNER, "chart": {"version": "1.22.0"}},
        **more,
    }


def of(live, pace=1, **named) -> Upgrade:
    named = {**NAMED, **named}
    connector = SimpleNamespace(pace=lambda: pace)
    host = SimpleNamespace(
        name="@eks/airflow-dev",
        connector=connector,
        data=SimpleNamespace(deployment="airflow-dev"),
        get_fact=lambda fact, **which: live.get(fact),
        log_styled=lambda line, fg: None,
    )
    ctx_host.set(host)
    return Upgrade(Settings.of({**GIVEN, **named}, named=named).within(["us-west-2a", "us-west-2b"]))


@pytest.fixture(autouse=True)
def no_host():
    yield
    ctx_host.reset()


def kinds(wants) -> list[str]:
    return list(dict.fromkeys(want.kind for want in wants))


def field(wants, name: str, key: str) -> list:
    return [want.fields[key] for want in wants if str(want) == name]


def test_the_control_plane_goes_first_and_alone():
    upgrade = of(world())
    assert kinds(upgrade.wants) == ["eks.insights", "eks.addon", "eks.addon_active", "k8s.bundle", "eks.cluster", "eks.cluster_active"]
    assert field(upgrade.wants, "eks.cluster airflow-dev", "version") == ["1.36"]
    assert field(upgrade.wants, "eks.addon kube-proxy", "fit") == [["1.35", "1.36"]] and field(upgrade.wants, "eks.addon kube-proxy", "kubernetes") == ["1.35"]
    (pool,) = field(upgrade.wants, "k8s.bundle karpenter-tasks", "overlay")
    assert pool["NodePool/tasks"]["spec"]["disruption"]["budgets"][-1] == {"nodes": "0", "reasons": ["Drifted"]}
    (line,) = upgrade.next
    assert line == "this run takes the control plane to 1.36; it is watched for 24 hours then, and the next run takes the nodes"


@pytest.mark.parametrize(("ago", "pace", "watched"), [(1, 1, True), (23, 1, True), (25, 1, False), (1, 60, False)])
def test_nodes_follow_when_it_was_watched(ago, pace, watched):
    upgrade = of(world(cluster="1.36", ago=ago), pace)
    assert bool(upgrade.kubernetes.bakes_until) is watched and (upgrade.wants == []) is watched
    assert ("is watched until" in " ".join(upgrade.next)) is watched
    if not watched:
        assert kinds(upgrade.wants)[:5] == ["eks.nodegroup", "eks.nodegroup_active", "eks.addon", "eks.addon_active", "helm.crds"]
        assert field(upgrade.wants, "eks.nodegroup core-node-group", "behind") == [0]
        assert field(upgrade.wants, "eks.addon kube-proxy", "fit") == [["1.36"]]
        (pool,) = field(upgrade.wants, "k8s.bundle karpenter-tasks", "overlay")
        assert "disruption" not in pool["NodePool/tasks"]["spec"]


def test_without_a_watch_nodes_follow_at_once():
    upgrade = of(world(), upgrade_bake_hours=0)
    names = [str(want) for want in upgrade.wants]
    assert names.index("eks.cluster airflow-dev") < names.index("eks.nodegroup core-node-group") < names.index("helm.release airflow")
    assert field(upgrade.wants, "eks.addon kube-proxy", "fit") == [["1.35", "1.36"], ["1.36"]]


def test_one_minor_version_at_a_time():
    upgrade = of(world(cluster="1.34", nodes="1.34"), upgrade_bake_hours=0)
    assert upgrade.kubernetes.step == "1.35" and "run it again for 1.36" in " ".join(upgrade.next)


@pytest.mark.parametrize(("what", "first"), [(Cluster, "eks.cluster_active"), (Nodegroup, "eks.nodegroup_active")])
def test_what_an_interrupted_run_began_is_waited_for_first(what, first):
    live = world(cluster="1.35" if what is Cluster else "1.36", ago=30)
    live[what] = {**live[what], "status": "UPDATING"}
    assert kinds(of(live).wants)[0] == first


def test_kubernetes_moves_nothing_else():
    wants = of(world(airflow="3.3.1", database="16.11"), upgrade_bake_hours=0).kubernetes.upgrade()
    (overlay,) = field(wants, "helm.release airflow", "overlay")
    assert overlay["airflowVersion"] == "3.3.1"


@pytest.mark.parametrize(
    ("live", "moving"),
    [({"airflow": "3.3.1"}, ["airflow_version"]), ({"database": "16.11"}, ["db_engine_version"]), ({}, [])],
)
def test_what_works_on_the_database_stands_still_where_it_moves(live, moving):
    upgrade = of(world(cluster="1.36", nodes="1.36", **live))
    assert data.moving(upgrade.settings, upgrade.live) == moving
    stopped = [want for want in upgrade.wants if want.kind == "airflow.stopped"]
    assert bool(stopped) is bool(moving)
    if moving:
        names = [str(want) for want in upgrade.wants]
        end = names.index("airflow.stopped airflow")
        assert names[end + 1 : end + 5] == [
            "rds.available airflow-dev",
            "rds.parameter_group airflow-dev-postgres17",
            "rds.instance airflow-dev",
            "rds.available airflow-dev",
        ]
        assert names[-5:] == [
            "rds.snapshot airflow-dev-airflow",
            "helm.release airflow",
            "k8s.ready airflow",
            "strays.strays rds.parameter_group",
            "rds.kept airflow-dev",
        ]
        assert {str(item) for item in airflow(upgrade.settings) if item.present} <= set(names[end:])
        assert stopped[0].fields["first"] == {"airflow-scheduler": 2} and stopped[0].fields["drain"] == 60
        assert bool(stopped[0].fields["snapshots"]) is ("database" in live)


def in_the_way(live, **named) -> str:
    upgrade, said = of(live, **named), []
    ctx_host.get().log_styled = lambda line, fg: said.append(line)
    with pytest.raises(PyinfraError, match="1 things are in the way of an upgrade"):
        upgrade.check()
    return said[0]


BUDGET = {"metadata": {"namespace": "shop", "name": "cart"}, "status": {"expectedPods": 1, "disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1}}


@pytest.mark.parametrize(
    ("live", "named", "line"),
    [
        (world(), {"charts": {"karpenter": {"version": "1.12.0"}}}, "! Karpenter 1.12.0 does not fit Kubernetes 1.36: raise the charts"),
        (world(airflow="3.3.3"), {}, "! airflow_version names 3.3.2, which is older than the 3.3.3 that runs: deploys/rollback.py goes back"),
        (world(cluster="1.36", ago=30) | {Objects: [BUDGET]}, {}, "! PodDisruptionBudget shop/cart lets no pod go"),
        (world() | {Objects: [BUDGET]}, {"upgrade_bake_hours": 0}, "! PodDisruptionBudget shop/cart lets no pod go"),
        (world("1.36", "1.36", "16.11") | {FreeStorage: 2**30}, {}, "! database airflow-dev has 1 of 20 GiB free, wanted 2: raise db_storage"),
    ],
)
def test_what_is_in_the_way_is_told_before_anything_is_sent(live, named, line):
    assert in_the_way(live, **named).startswith(line)


@pytest.mark.parametrize(
    ("lacks", "said"), [((Instance,), "no PostgreSQL of"), ((Cluster, Release, Instance), "no Kubernetes and no Airflow and no PostgreSQL of")]
)
def test_what_does_not_run_is_not_upgraded_and_not_made(lacks, said):
    with pytest.raises(PyinfraError, match=f"{said} the deployment's runs here that could be upgraded: install it first"):
        of({fact: found for fact, found in world().items() if fact not in lacks})


def test_a_rollback_takes_nodes_first_and_asks_eks():
    upgrade = of(world(cluster="1.36", nodes="1.36", ago=1), kubernetes_version="1.35")
    wants = Kubernetes(upgrade.settings, upgrade.live).rollback()
    assert kinds(wants)[:7] == ["eks.nodegroup", "eks.nodegroup_active", "eks.addon", "eks.addon_active", "eks.insights", "eks.cluster", "eks.cluster_active"]
    assert field(wants, "eks.cluster airflow-dev", "back") == [True] and field(wants, "eks.cluster airflow-dev", "version") == ["1.35"]
    assert field(wants, "eks.insights airflow-dev", "category") == ["ROLLBACK_READINESS"]


def back(live, **named) -> Rollback:
    of(live, **named)
    named = {**NAMED, **named}
    return Rollback(Settings.of({**GIVEN, **named}, named=named).within(["us-west-2a", "us-west-2b"]))


@pytest.mark.parametrize(
    ("live", "named", "line"),
    [
        (world(cluster="1.37", nodes="1.37", ago=1), "1.35", "EKS goes back one minor version, to 1.36, and kubernetes_version names 1.35"),
        (world(cluster="1.36", nodes="1.36"), "1.35", "it was not upgraded, or was rolled back already"),
        (world(cluster="1.36", nodes="1.36", ago=7 * 24 + 1), "1.35", "EKS could go back until"),
        (world(airflow="3.3.3"), "1.35", "Airflow 3.3.3 -> 3.3.2: its data do not go back; no snapshot airflow-dev-airflow-3-3-2-... from before"),
    ],
)
def test_what_does_not_go_back_is_said_before_anything_is_sent(live, named, line):
    with pytest.raises(PyinfraError, match="it does not go back, and nothing was sent") as caught:
        back(live, kubernetes_version=named).check()
    assert line in str(caught.value)


def test_what_is_lost_is_said_first():
    rollback, said = back(world(cluster="1.36", nodes="1.36", ago=1), kubernetes_version="1.35"), []
    ctx_host.get().log_styled = lambda line, fg: said.append(line)
    rollback.check()
    rollback.tell()
    assert said[0].startswith("Kubernetes 1.36 -> 1.35, possible until ") and "is lost" in said[0]


def test_a_version_that_is_not_older_goes_nowhere():
    assert back(world()).wants == []


@pytest.mark.parametrize(("field", "added"), [("version", 24), ("launchTemplate.version", 24), ("scalingConfig.maxSize", 0)])
def test_nodes_that_are_replaced_need_room_beside_the_old_ones(field, added):
    quotas = {InstanceTypes: {"m5.xlarge": 4}, Quota: 30.0, Used: [{"type": "m5.xlarge", "cores": 2, "threads": 2}] * 3}
    settings = of(world() | quotas).settings.within(["us-west-2a", "us-west-2b", "us-west-2c"])
    ctx_host.get().connector.settings = settings
    moved = AwsCall("eks", "update_nodegroup_version").because([Change(field, "1", "2")])
    lines = short(settings, [Step(want(eks.nodegroup, "core-node-group", cluster="airflow-dev"), [moved])])
    assert [f"is 30: 12 are used, {added} would be added" in line for line in lines] == ([True] if added else [])


def test_a_database_that_is_not_ours_is_left_to_whoever_runs_it():
    theirs = {"db_endpoint": "db.example.com:5432", "db_secret_arn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:db"}
    live = {fact: found for fact, found in world("1.36", "1.36", airflow="3.3.1").items() if fact is not Instance}
    assert in_the_way(live, **theirs).startswith("! the database at db.example.com:5432 is not the deployment's, so no snapshot of it is taken: have whoever")
    upgrade = of(live, **theirs, confirm="airflow-dev")
    upgrade.check()
    assert {want.kind for want in upgrade.wants if want.kind.startswith("rds.")} <= {"rds.existing_database"}
    assert "no snapshot is taken" in upgrade.next[0]
