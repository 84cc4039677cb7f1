import pytest

from sandbox.kubernetes.instance_types import architecture, offer


@pytest.mark.parametrize(
    ("instance_type", "cpu", "pods", "millicores"),
    [("m5.large", 2, 29, 1930), ("m5.xlarge", 4, 58, 3920), ("r5d.4xlarge", 16, 234, 15890), ("c5d.2xlarge", 8, 58, 7910), ("t3.medium", 2, 17, 1930)],
)
def test_a_node_offers_what_eks_nodes_of_the_type_do(instance_type, cpu, pods, millicores):
    capacity, allocatable = offer(instance_type)
    assert capacity["cpu"] == str(cpu) and capacity["pods"] == allocatable["pods"] == str(pods)
    assert allocatable["cpu"] == f"{millicores}m"


def test_memory_is_less_what_the_hypervisor_and_the_kubelet_keep():
    capacity, allocatable = offer("m5.xlarge")
    assert 15.0 < int(capacity["memory"].removesuffix("Mi")) / 1024 < 16.0
    assert int(capacity["memory"].removesuffix("Mi")) - int(allocatable["memory"].removesuffix("Mi")) == 11 * 58 + 355


def test_an_unknown_type_is_taken_for_a_middling_one():
    assert offer("quantum9.huge")[0]["cpu"] == "4"


@pytest.mark.parametrize("instance_type", ["m7g.large", "c6gd.xlarge", "t4g.small", "im4gn.large", "a1.large"])
def test_graviton_is_arm64(instance_type):
    assert architecture(instance_type) == "arm64"


@pytest.mark.parametrize("instance_type", ["m5.large", "c5d.xlarge", "g4dn.xlarge", "g6.xlarge", "m7i-flex.large"])
def test_the_rest_is_amd64(instance_type):
    assert architecture(instance_type) == "amd64"
