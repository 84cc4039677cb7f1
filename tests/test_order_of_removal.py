"""What goes before what when parts are removed, by cleanup or by a switch: controllers outlive what they look after."""

import pytest

from deploys.platform import platform
from deploys.run import backwards, forwards
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter"}
NOTHING = {
    f"enable_{name}": False
    for name in ("karpenter", "cluster_autoscaler", "cluster_proportional_autoscaler", "metrics_server", "airflow_spark_example", "spark_history_server")
}

PAIRS = [
    ("k8s.leftovers spark-team-a/sparkapplications.sparkoperator.k8s.io", "helm.release spark-operator"),
    ("helm.release spark-operator", "helm.crds spark-operator"),
    ("helm.release spark-operator", "k8s.bundle spark-team-a"),
    ("k8s.leftovers spark-team-a/sparkapplications.sparkoperator.k8s.io", "k8s.bundle karpenter-spark"),
    ("k8s.bundle spark-team-a", "k8s.bundle karpenter-spark"),
    ("k8s.bundle spark-team-a", "eks.pod_identity spark-team-a/spark-team-a"),
    ("k8s.bundle karpenter-spark", "ec2.karpenter airflow-dev"),
    ("k8s.bundle karpenter-tasks", "ec2.karpenter airflow-dev"),
    ("ec2.karpenter airflow-dev", "helm.release karpenter"),
    ("helm.release karpenter", "helm.release karpenter-crd"),
    ("helm.release karpenter", "eks.pod_identity kube-system/karpenter"),
    ("ec2.karpenter airflow-dev", "eks.access_entry arn:aws:iam::123456789012:role/airflow-dev-us-west-2-karpenter-node"),
    ("ec2.karpenter airflow-dev", "iam.role airflow-dev-us-west-2-karpenter-node"),
    ("helm.release karpenter", "sqs.queue airflow-dev-karpenter"),
    ("events.rule airflow-dev-karpenter-health", "sqs.queue airflow-dev-karpenter"),
    ("helm.release spark-history-server", "s3.bucket spark-events-airflow-dev-123456789012-us-west-2"),
    ("k8s.bundle spark-team-a", "s3.bucket spark-events-airflow-dev-123456789012-us-west-2"),
    ("helm.release cluster-autoscaler", "iam.role airflow-dev-us-west-2-cluster-autoscaler"),
]

ALWAYS = [
    ("rds.available airflow-dev", "k8s.gone airflow"),
    ("k8s.address airflow/airflow-ingress", "k8s.bundle namespace-kubecost"),
    ("k8s.bundle airflow-ingress", "elbv2.leftovers airflow-dev"),
    ("elbv2.leftovers airflow-dev", "eks.addon_active coredns"),
    ("elbv2.leftovers airflow-dev", "helm.release aws-load-balancer-controller"),
    ("k8s.volumes ebs.csi.aws.com", "eks.addon_active aws-ebs-csi-driver"),
    ("helm.release aws-load-balancer-controller", "eks.nodegroup_active core-node-group"),
    ("helm.release karpenter", "eks.nodegroup_active core-node-group"),
    ("eks.nodegroup_active core-node-group", "eks.addon coredns"),
    ("eks.nodegroup core-node-group", "eks.addon_active vpc-cni"),
    ("k8s.bundle namespaces", "k8s.gone airflow"),
    ("eks.nodegroup core-node-group", "k8s.gone airflow"),
    ("k8s.gone airflow", "eks.cluster_active airflow-dev"),
    ("eks.cluster airflow-dev", "logs.log_group /aws/eks/airflow-dev/cluster"),
    ("helm.release airflow", "k8s.bundle karpenter-tasks"),
    ("k8s.bundle namespaces", "k8s.bundle karpenter-tasks"),
    ("ec2.karpenter airflow-dev", "ec2.route_table airflow-dev-private-us-west-2a"),
    ("ec2.karpenter airflow-dev", "ec2.subnet airflow-dev-data-us-west-2a"),
]
"""Pairs of which one is there whatever is switched off."""


def removal(wants) -> list[str]:
    return [str(want) for want in wants if not want.present and not want.stray]


CLEANUP = removal(backwards(platform(Settings.of({**GIVEN, **EVERYTHING}))))
SWITCHED_OFF = removal(forwards(platform(Settings.of({**GIVEN, **NOTHING}))))


@pytest.mark.parametrize(("first", "second"), PAIRS + ALWAYS)
def test_cleanup(first, second):
    assert CLEANUP.index(first) < CLEANUP.index(second)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_switching_off(first, second):
    assert SWITCHED_OFF.index(first) < SWITCHED_OFF.index(second)


def test_cleanup_is_the_same_list_whatever_is_switched_off():
    assert removal(backwards(platform(Settings.of({**GIVEN, **NOTHING})))) == CLEANUP
