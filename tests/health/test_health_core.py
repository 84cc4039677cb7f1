"""Verification of the core: green when all works, red with a message that helps when something was broken by hand."""

import pytest
from health_world import World, red, rows, settings, workload

from deploys.health import core
from deploys.platform import platform
from deploys.platform.airflow import CLEANUP, DEPLOYMENTS

SETTINGS = settings()
ADDONS = [want.subject for want in platform(SETTINGS) if want.kind == "eks.addon" and want.present]
BUCKET = SETTINGS.bucket("airflow-logs")
VOLUME = "pvc-1"


def node(number: int, ready: str = "True") -> dict:
    labels = {"topology.kubernetes.io/zone": SETTINGS.zones[number % len(SETTINGS.zones)]}
    return {"metadata": {"name": f"node-{number}", "labels": labels}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.fixture
def world():
    kubernetes = dict(workload(f"airflow/Deployment/{name}", pods, pods) for name, pods in DEPLOYMENTS.items())
    kubernetes |= {f"None/Node/{number}": node(number) for number in range(3)}
    kubernetes[f"airflow/CronJob/{CLEANUP}"] = {"status": {}}
    kubernetes["airflow/PersistentVolumeClaim/airflow-dags"] = {"spec": {"volumeName": VOLUME}, "status": {"phase": "Bound"}}
    kubernetes[f"None/PersistentVolume/{VOLUME}"] = {
        "spec": {"capacity": {"storage": SETTINGS.dags_storage}, "accessModes": ["ReadWriteMany"], "storageClassName": "efs-sc"}
    }
    return World(
        kubernetes,
        {
            "eks.Cluster airflow-dev": {"status": "ACTIVE", "version": SETTINGS.kubernetes_version},
            "eks.Nodegroup core-node-group": {"scalingConfig": {"desiredSize": 3}},
            **{f"eks.Addon {name}": {"status": "ACTIVE"} for name in ADDONS},
            "efs.FileSystem airflow-dev": {"LifeCycleState": "available"},
            "efs.MountTargets airflow-dev": [{"AvailabilityZoneName": zone, "LifeCycleState": "available"} for zone in SETTINGS.zones],
            f"s3.Bucket {BUCKET}": {"Name": BUCKET},
            "rds.Instance airflow-dev": {"DBInstanceStatus": "available"},
            "secrets.SecretValue airflow-dev/database/master": "*",
            "secrets.SecretValue airflow-dev/airflow/admin": "*",
        },
    )


def test_all_works(world):
    assert red(core, world) == []
    assert {f"EKS add-on {name}" for name in ("vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "aws-efs-csi-driver", "metrics-server")} <= {
        check.what for check in rows(core, world)
    }


@pytest.mark.parametrize(
    ("thing", "row"),
    [
        *((f"eks.Addon {name}", f"EKS add-on {name}: absent, wanted ACTIVE") for name in ADDONS),
        ("efs.FileSystem airflow-dev", "EFS file system airflow-dev: absent, wanted available"),
        ("efs.MountTargets airflow-dev", f"EFS mount targets: none, wanted {', '.join(SETTINGS.zones)}"),
        (f"s3.Bucket {BUCKET}", f"S3 log bucket: absent, wanted {BUCKET}"),
        ("rds.Instance airflow-dev", "RDS instance airflow-dev: absent, wanted available"),
        ("secrets.SecretValue airflow-dev/database/master", "secret of the database password: absent, wanted readable (airflow-dev/database/master)"),
        ("secrets.SecretValue airflow-dev/airflow/admin", "secret of the admin password: absent, wanted readable (airflow-dev/airflow/admin)"),
    ],
)
def test_thing_that_is_gone(world, thing, row):
    del world.aws[thing]
    assert red(core, world) == [row]


def test_cluster_that_is_gone(world):
    del world.aws["eks.Cluster airflow-dev"]
    assert red(core, world) == ["EKS cluster airflow-dev: absent, wanted ACTIVE", f"Kubernetes version: absent, wanted {SETTINGS.kubernetes_version}"]


def test_cluster_of_another_version(world):
    world.aws["eks.Cluster airflow-dev"]["version"] = "1.35"
    assert red(core, world) == [f"Kubernetes version: 1.35, wanted {SETTINGS.kubernetes_version}"]


def test_add_on_that_is_degraded(world):
    world.aws["eks.Addon coredns"]["status"] = "DEGRADED"
    assert red(core, world) == ["EKS add-on coredns: DEGRADED, wanted ACTIVE"]


def test_node_that_is_not_ready(world):
    world.kubernetes["None/Node/2"] = node(2, "Unknown")
    assert "core nodes Ready: 2/3, wanted 3/3" in red(core, world)


def test_zone_without_a_node(world):
    world.aws["eks.Nodegroup core-node-group"]["scalingConfig"]["desiredSize"] = 1
    del world.kubernetes["None/Node/1"], world.kubernetes["None/Node/2"]
    assert red(core, world) == [f"core nodes' zones: {SETTINGS.zones[0]}, wanted {', '.join(SETTINGS.zones)}"]


def test_mount_target_on_its_way_out(world):
    world.aws["efs.MountTargets airflow-dev"][0]["LifeCycleState"] = "deleting"
    assert red(core, world) == [f"EFS mount targets: {', '.join(SETTINGS.zones[1:])}, wanted {', '.join(SETTINGS.zones)}"]


def test_database_that_was_stopped(world):
    world.aws["rds.Instance airflow-dev"]["DBInstanceStatus"] = "stopped"
    assert red(core, world) == ["RDS instance airflow-dev: stopped, wanted available"]


def test_claim_that_is_gone(world):
    del world.kubernetes["airflow/PersistentVolumeClaim/airflow-dags"]
    assert red(core, world) == ["PVC airflow-dags: absent, wanted Bound", f"PV of airflow-dags: absent, wanted {SETTINGS.dags_storage} ReadWriteMany efs-sc"]


def test_claim_that_waits_for_its_volume(world):
    world.kubernetes["airflow/PersistentVolumeClaim/airflow-dags"] = {"spec": {}, "status": {"phase": "Pending"}}
    assert red(core, world)[0] == "PVC airflow-dags: Pending, wanted Bound"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_deleted_deployment(world, name):
    del world.kubernetes[f"airflow/Deployment/{name}"]
    assert red(core, world) == [f"Deployment {name}: absent, wanted {DEPLOYMENTS[name]}/{DEPLOYMENTS[name]}"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_deployment_that_is_not_ready(world, name):
    world.kubernetes |= dict([workload(f"airflow/Deployment/{name}", 0, DEPLOYMENTS[name])])
    assert red(core, world) == [f"Deployment {name}: 0/{DEPLOYMENTS[name]}, wanted {DEPLOYMENTS[name]}/{DEPLOYMENTS[name]}"]


NIGHT, NEXT = "2026-11-26T03:17:00Z", "2026-11-27T03:17:00Z"


@pytest.mark.parametrize(
    ("job", "rows"),
    [
        (None, ["CronJob airflow-cleanup: absent, wanted last run succeeded (in airflow: run the install again)"]),
        ({"status": {"lastScheduleTime": NIGHT}}, [f"CronJob airflow-cleanup: failed at {NIGHT}, wanted last run succeeded"]),
        ({"status": {"lastScheduleTime": NEXT, "lastSuccessfulTime": NIGHT}}, [f"CronJob airflow-cleanup: failed at {NEXT}, wanted last run succeeded"]),
        ({"status": {"lastScheduleTime": NEXT, "lastSuccessfulTime": NIGHT, "active": [{}]}}, []),
        ({"status": {"lastScheduleTime": NIGHT, "lastSuccessfulTime": "2026-11-26T03:17:20Z"}}, []),
    ],
    ids=["absent", "never succeeded", "failed last", "runs", "succeeded"],
)
def test_nightly_removal_of_pods(world, job, rows):
    world.kubernetes[f"airflow/CronJob/{CLEANUP}"] = job
    assert red(core, world) == rows
