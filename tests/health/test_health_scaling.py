"""Verification of what scales: green when all works, red with a message that helps when something was broken by hand."""

from copy import deepcopy

import pytest
from health_world import World, red, workload

from connectors.kubernetes.manifest import documents
from deploys.health import scaling
from deploys.platform.scaling import EVENTS

QUEUE = "airflow-dev-karpenter"
ARN = f"arn:aws:sqs:us-west-2:123456789012:{QUEUE}"
LIMIT = {"task_placement": "karpenter"}


@pytest.fixture
def world():
    kubernetes = dict(
        [
            workload("kube-system/Deployment/karpenter", 2, 2),
            workload("kube-system/Deployment/cluster-autoscaler-aws-cluster-autoscaler"),
            workload("kube-system/Deployment/cluster-proportional-autoscaler"),
            workload("kube-system/Deployment/metrics-server", 2, 2),
        ]
    )
    kubernetes |= {f"None/{item['kind']}/tasks": deepcopy(item) for item in documents("manifests/karpenter-tasks.yaml")}
    aws = {f"sqs.Queue {QUEUE}": {"QueueArn": ARN, "SqsManagedSseEnabled": "true"}}
    for event in EVENTS:
        aws[f"events.Rule {QUEUE}-{event}"] = {"State": "ENABLED"}
        aws[f"events.Targets {QUEUE}-{event}"] = [{"Id": "karpenter", "Arn": ARN}]
    return World(kubernetes, aws)


@pytest.mark.parametrize("given", [{}, LIMIT])
def test_all_works(world, given):
    assert red(scaling, world, **given) == []


@pytest.mark.parametrize("name", ["cluster-autoscaler-aws-cluster-autoscaler", "cluster-proportional-autoscaler", "metrics-server"])
def test_deleted_deployment(world, name):
    del world.kubernetes[f"kube-system/Deployment/{name}"]
    assert red(scaling, world) == [f"Deployment {name}: absent, wanted 1/1 (in kube-system: run the install again)"]


def test_karpenter_scaled_down_by_hand(world):
    world.kubernetes |= dict([workload("kube-system/Deployment/karpenter", 1, 1)])
    assert red(scaling, world) == ["Deployment karpenter: 1/1, wanted 2/2"]


def test_what_is_off_is_not_looked_at():
    off = {f"enable_{name}": False for name in ("karpenter", "cluster_autoscaler", "cluster_proportional_autoscaler", "metrics_server")}
    assert red(scaling, World({}, {}), **off) == []


def test_deleted_queue(world):
    del world.aws[f"sqs.Queue {QUEUE}"]
    assert red(scaling, world)[0] == f"queue of interruptions: absent, wanted encrypted ({QUEUE})"


def test_queue_in_clear(world):
    world.aws[f"sqs.Queue {QUEUE}"]["SqsManagedSseEnabled"] = "false"
    assert red(scaling, world) == [f"queue of interruptions: in clear, wanted encrypted ({QUEUE})"]


@pytest.mark.parametrize("broken", [{"State": "DISABLED"}, None])
def test_rule_switched_off_or_gone(world, broken):
    world.aws[f"events.Rule {QUEUE}-health"] = broken
    (line,) = red(scaling, world)
    assert line.startswith("events Karpenter is told of: spot-interruption, rebalance")


def test_rule_that_passes_its_events_elsewhere(world):
    world.aws[f"events.Targets {QUEUE}-rebalance"] = [{"Id": "karpenter", "Arn": "arn:other"}]
    (line,) = red(scaling, world)
    assert line.startswith("events Karpenter is told of: health, spot-interruption, state-change")


def test_deleted_node_pool(world):
    del world.kubernetes["None/NodePool/tasks"]
    assert red(scaling, world, **LIMIT) == ["NodePool tasks: absent, wanted Ready"]


def test_edited_node_pool(world):
    pool = world.kubernetes["None/NodePool/tasks"]["spec"]
    pool["limits"]["cpu"] = 1000
    pool["template"]["spec"]["requirements"][0]["values"] = ["spot"]
    nodes, limit = red(scaling, world, **LIMIT)
    assert nodes.startswith("NodePool tasks's nodes: ") and "capacity-type In spot" in nodes
    assert limit == "NodePool tasks's limit: 1000 vCPUs, wanted 20 vCPUs"


def test_node_class_that_is_not_ready(world):
    condition = {"type": "Ready", "status": "False", "message": "SecurityGroupsReady=False"}
    world.kubernetes["None/EC2NodeClass/tasks"]["status"] = {"conditions": [condition]}
    assert red(scaling, world, **LIMIT) == ["EC2NodeClass tasks: not Ready, wanted Ready (SecurityGroupsReady=False)"]
