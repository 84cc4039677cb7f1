"""The order of the platform, proved on an empty world: whatever a command refers to is made by something declared earlier."""

import pytest
from pyinfra.context import ctx_host

from benchmarks.empty_world import EmptyWorld, maker, references
from deploys.platform import platform
from deploys.run import backwards, forwards
from deploys.want import tagged
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"], "db_ca_bundle": "global"}
EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter"}


@pytest.fixture(params=[{}, EVERYTHING], ids=["defaults", "everything"])
def wants(request):
    settings = Settings.of({**GIVEN, **request.param})
    return tagged(platform(settings), settings.tag)


def test_every_reference_is_made_by_something_earlier(wants):
    made, trouble = set(), []
    with ctx_host.use(EmptyWorld()):
        for want in forwards(wants):
            made.add(str(want))
            for command in want.commands():
                trouble += [f"{want} needs {ref}" for ref in references(command) if maker(ref) not in made | {None}]
    assert trouble == []


START_EARLY = [
    ("iam.role airflow-dev-us-west-2-cluster", "ec2.vpc airflow-dev"),
    ("eks.cluster airflow-dev", "rds.instance airflow-dev"),
    ("rds.instance airflow-dev", "efs.file_system airflow-dev"),
    ("iam.role airflow-dev-us-west-2-airflow-worker", "eks.cluster_active airflow-dev"),
    ("eks.addon coredns", "eks.nodegroup_active core-node-group"),
    ("eks.pod_identity airflow/airflow-worker", "eks.nodegroup_active core-node-group"),
    ("helm.release aws-load-balancer-controller", "eks.addon_active coredns"),
    ("k8s.bundle airflow-ingress", "helm.release kube-prometheus-stack"),
    ("helm.release kube-prometheus-stack", "rds.available airflow-dev"),
    ("helm.release airflow", "k8s.ready monitoring"),
]
"""What takes long, and what is not done before it is started."""


@pytest.mark.parametrize(("early", "late"), START_EARLY)
def test_what_takes_long_is_started_early(wants, early, late):
    order = [str(want) for want in forwards(wants)]
    assert order.index(early) < order.index(late)


def test_an_empty_account_needs_no_cleanup(wants):
    with ctx_host.use(EmptyWorld()):
        assert [str(want) for want in backwards(wants) if want.commands()] == []


def test_names_are_declared_once(wants):
    names = [str(want) for want in wants]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_two_regions_share_no_name_of_iam():
    here, there = (platform(Settings.of({**GIVEN, "region": region})) for region in ("us-west-2", "eu-central-1"))
    names = [{want.subject for want in wants if want.kind == "iam.role"} for wants in (here, there)]
    assert names[0] and not names[0] & names[1]


def test_two_deployments_share_no_name():
    here, there = (platform(Settings.of({**GIVEN, "deployment": name})) for name in ("airflow-dev", "airflow-two"))
    aws = ("ec2.", "eks.cluster", "iam.", "rds.", "efs.", "s3.", "kms.", "logs.", "secrets.")
    names = [{str(want) for want in wants if want.kind.startswith(aws) and not want.stray} for wants in (here, there)]
    assert names[0] and not names[0] & names[1]
