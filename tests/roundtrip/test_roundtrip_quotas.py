"""Quotas that are too small are told before anything is sent."""

import json

import pytest

CODES = {
    "L-F678F1CE": ("VPCs per Region (vpc L-F678F1CE) is 1: 1 are used, 1 would be added", 1),
    "L-A4707A72": ("Internet gateways per Region (vpc L-A4707A72) is 0", 0),
    "L-0263D0A3": ("EC2-VPC Elastic IPs (ec2 L-0263D0A3) is 2: 0 are used, 3 would be added", 2),
    "L-FE5A380F": ("NAT gateways per Availability Zone (vpc L-FE5A380F) is 0 in us-west-2b: 0 are used, 1 would be added", 0),
    "L-1216C47A": ("vCPUs of running on-demand standard instances (ec2 L-1216C47A) is 11: 0 are used, 12 would be added", 11),
    "L-1194D53C": ("Clusters (eks L-1194D53C) is 0", 0),
    "L-7B6409FD": ("DB instances (rds L-7B6409FD) is 0", 0),
    "L-53DA6B97": ("Application Load Balancers per Region (elasticloadbalancing L-53DA6B97) is 0", 0),
}


@pytest.fixture
def quotas(account):
    yield lambda **values: account.tell("quotas", values)
    account.tell("quotas", {})


def test_each_quota_that_is_too_small_is_refused_with_its_numbers(account, quotas, tmp_path):
    account.tell("quotas", {code: value for code, (_, value) in CODES.items()})
    ran = account.run("install", nat_gateways="per_zone", json=tmp_path / "plan.json")
    assert ran.code != 0 and ran.writes == [] and "Traceback" not in ran.output, ran.output
    told = [line for line in ran.output.splitlines() if "! quota " in line]
    for text, _ in CODES.values():
        assert any(text in line for line in told), ran.output
    assert len(told) == len(CODES) + 2, "a line for each zone's NAT gateway"
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value 2" in ran.output
    assert "10 quotas are too small for what would be made (listed above); nothing was sent" in ran.output
    (plan,) = json.loads((tmp_path / "plan.json").read_text()).values()
    assert len(plan["quotas"]) == 10


def test_spot_nodes_count_towards_their_own(account, quotas):
    account.tell("quotas", {"L-1216C47A": 0, "L-34B43A08": 11})
    ran = account.run("install", core_capacity_type="SPOT")
    assert [line.partition("! quota ")[2][:43] for line in ran.output.splitlines() if "! quota " in line] == ["vCPUs of standard spot instances (ec2 L-34B"]


def test_no_right_to_ask_is_one_line(account):
    kinds = [{"service": "service-quotas", "action": action, "kind": "denied", "times": 0} for action in ("GetServiceQuota", "GetAWSDefaultServiceQuota")]
    account.tell("faults", {"faults": kinds})
    try:
        ran = account.done("install", "--dry")
    finally:
        account.tell("faults", {"faults": []})
    assert len([line for line in ran.output.splitlines() if "servicequotas:GetServiceQuota does not tell the caller" in line]) == 1
    assert "! quota" not in ran.output


def test_nothing_is_asked_where_nothing_is_made(account):
    ran = account.done("cleanup", "--dry")
    assert not [call for call in ran.calls if call["service"] == "service-quotas"]
