"""What cleanup says of the data that goes."""

from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host

from deploys.at_risk import at_risk, human, told
from deploys.platform import platform
from deploys.run import confirm
from facts.amp import Workspace
from facts.ec2 import ClaimVolumes
from facts.efs import FileSystem
from facts.k8s import Objects
from facts.rds import FreeStorage, Instance
from facts.s3 import Bucket, BucketTags, Contents
from facts.secrets import SecretNames
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
OURS = {"Key": "airflow-on-eks/deployment", "Value": "airflow-dev"}
BUCKET = "airflow-logs-airflow-dev-123456789012-us-west-2"
FULL = {
    Instance: {"DBInstanceStatus": "available", "AllocatedStorage": 20, "TagList": [OURS]},
    FreeStorage: 17.5 * 2**30,
    Bucket: {"Name": BUCKET},
    BucketTags: [OURS],
    Contents: {"versions": 10000, "bytes": 734003200, "more": True},
    FileSystem: {"FileSystemId": "fs-1", "Name": "airflow-dev", "LifeCycleState": "available", "SizeInBytes": {"Value": 6144}, "Tags": [OURS]},
    ClaimVolumes: [{"State": state, "Size": size, "Tags": [OURS]} for state, size in (("in-use", 50), ("available", 2), ("deleting", 99))],
    Workspace: {"workspaceId": "ws-1", "tags": {OURS["Key"]: OURS["Value"]}},
    SecretNames: ["airflow-dev/airflow/admin"],
}


def lines(facts, **given):
    settings = Settings.of({**GIVEN, **given})
    answer = lambda fact, **arguments: facts[fact](**arguments) if callable(facts.get(fact)) else facts.get(fact)  # noqa: E731
    deployment = SimpleNamespace(data=SimpleNamespace(deployment="airflow-dev"), get_fact=answer)
    with ctx_host.use(deployment):
        risks = at_risk(settings, platform(settings))
    return risks, [" ".join(line.split()) for line in told(risks)]


def test_each_kind_of_data_is_one_line():
    _, said = lines(FULL)
    assert said == [
        "data that goes:",
        "database airflow-dev 20 GiB allocated, 2.5 GiB used "
        "kept as backup set final-<time>: snapshot airflow-dev-final-<time> and Airflow's keys; its automated backups go",
        f"bucket {BUCKET} more than 10000 objects, more than 700.0 MiB gone, with every version",
        "bucket spark-events-airflow-dev-123456789012-us-west-2 more than 10000 objects, more than 700.0 MiB gone, with every version",
        "file system airflow-dev fs-1 6.0 KiB gone: it is not backed up",
        "volumes of 2 claims 52 GiB gone",
        "Prometheus workspace airflow-dev ws-1 gone, with its metrics",
        "secrets airflow-dev/* 1 can be restored for 7 days",
    ]


@pytest.mark.parametrize(
    ("change", "given", "said"),
    [
        ({}, {"skip_final_snapshot": True}, "gone: skip_final_snapshot is true"),
        ({Instance: {**FULL[Instance], "DBInstanceStatus": "failed"}}, {}, "gone: RDS makes no snapshot of a database that is failed"),
        ({FreeStorage: None}, {}, "database airflow-dev 20 GiB allocated kept"),
        ({}, {"secret_recovery_days": 0}, "gone at once: secret_recovery_days is 0"),
    ],
)
def test_what_becomes_of_it_follows_the_settings(change, given, said):
    assert any(said in line for line in lines({**FULL, **change}, **given)[1])


def test_where_nothing_is_at_risk_nothing_is_said():
    assert lines({}) == ([], [])


@pytest.mark.parametrize("theirs", [Instance, FileSystem, Workspace, BucketTags])
def test_what_is_not_the_deployments_is_not_at_risk(theirs):
    strange = [] if theirs is BucketTags else {**FULL[theirs], "TagList": [], "Tags": [], "tags": {}}
    assert len(lines({**FULL, theirs: strange})[0]) < len(lines(FULL)[0])


NAMESPACES = [
    {"metadata": {"name": "airflow", "labels": {OURS["Key"]: OURS["Value"]}}},
    {"metadata": {"name": "monitoring", "managedFields": [{"manager": "airflow-on-eks"}]}},
    *({"metadata": {"name": name}} for name in ("kube-system", "team-b", "team-a", "empty")),
]
LIVE = {
    "Namespace": NAMESPACES,
    "Deployment": [
        {"kind": "Deployment", "metadata": {"name": name, "namespace": space}} for name, space in (("ours", "airflow"), ("x", "team-a"), ("y", "team-a"))
    ],
    "Pod": [
        {"kind": "Pod", "metadata": {"name": "x-1", "namespace": "team-a", "ownerReferences": [{"kind": "ReplicaSet"}]}},
        {"kind": "Pod", "metadata": {"name": "alone", "namespace": "team-b"}},
        {"kind": "Pod", "metadata": {"name": "coredns", "namespace": "kube-system"}},
    ],
    "Service": [{"kind": "Service", "metadata": {"name": kind, "namespace": "team-a"}, "spec": {"type": kind}} for kind in ("ClusterIP", "LoadBalancer")],
}


def test_what_others_run_in_the_cluster_is_named_by_namespace_and_wants_a_confirmation():
    risks, said = lines({Objects: lambda kind, **arguments: LIVE.get(kind)})
    assert said[1:] == [
        "guests in namespace team-a Deployment ×2, Service gone with the cluster, which is not theirs",
        "guests in namespace team-b Pod gone with the cluster, which is not theirs",
    ]
    with pytest.raises(PyinfraError, match=r"airflow-dev has guests in its cluster, .*: guests in namespace team-a .*confirm=airflow-dev"):
        confirm(Settings.of(GIVEN), risks)
    confirm(Settings.of({**GIVEN, "confirm": "airflow-dev"}), risks)
    confirm(Settings.of(GIVEN), lines(FULL)[0])


def test_a_protected_deployment_is_refused_with_the_data_that_would_go():
    settings = Settings.of({**GIVEN, "protect": True})
    with pytest.raises(PyinfraError, match=r"its data would go: database airflow-dev \(20 GiB allocated, 2.5 GiB used\), .*confirm=airflow-dev"):
        confirm(settings, lines(FULL)[0])
    confirm(Settings.of({**GIVEN, "protect": True, "confirm": "airflow-dev"}), lines(FULL)[0])


def test_bytes_as_a_person_says_them():
    assert [human(number) for number in (0, 1023, 1536, 5 * 2**40)] == ["0 bytes", "1023 bytes", "1.5 KiB", "5.0 TiB"]
