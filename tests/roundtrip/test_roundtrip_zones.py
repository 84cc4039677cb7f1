"""The zones of a deployment: chosen where it has none, kept where it has, refused where they cannot be."""

import re

import pytest
from roundtrip_world import OWNER

ASKED = {"DescribeAvailabilityZones", "DescribeInstanceTypeOfferings", "DescribeOrderableDBInstanceOptions"}


def planned(ran):
    assert ran.code == 0 and ran.writes == [], ran.output
    return sorted(set(re.findall(r"\+ ec2\.subnet airflow-sandbox-private-(\S+)", ran.output)))


def asked(ran):
    return {call["action"] for call in ran.calls} & ASKED


@pytest.mark.parametrize(
    ("region", "letters", "settings"),
    [
        ("ap-northeast-1", "acd", {}),
        ("ca-central-1", "abd", {}),
        ("us-east-1", "abc", {}),
        ("us-east-1", "bdf", {"zones": "us-east-1b,us-east-1d,us-east-1f"}),
        ("ap-northeast-1", "ac", {"zones": 2}),
    ],
)
def test_the_first_that_fit(account, region, letters, settings):
    ran = account.run("install", "--dry", "--diff", region=region, **settings)
    assert planned(ran) == [f"{region}{letter}" for letter in letters]
    assert asked(ran) == ASKED and "zones is" not in ran.output


def test_two_are_taken_where_two_fit(account):
    ran = account.run("install", "--dry", "--diff", region="us-west-1")
    assert planned(ran) == ["us-west-1a", "us-west-1b"]
    assert "zones is 3, and 2 are taken, all that fit: us-west-1a, us-west-1b" in ran.output


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"region": "us-east-1", "zones": "us-east-1a,us-east-1e"}, "us-east-1e is use1-az3, which EKS does not take; those that fit: us-east-1a, us-east-1b"),
        ({"region": "ap-northeast-1", "zones": "ap-northeast-1a,ap-northeast-1b"}, "ap-northeast-1b is none of the zones of ap-northeast-1"),
        ({"region": "ca-west-1", "zones": "ca-west-1a,ca-west-1b", "db_instance_class": "db.m7g.large"}, "ca-west-1b does not offer db.m7g.large"),
        (
            {"region": "ca-west-1", "core_instance_types": "m7i.xlarge,c5d.xlarge"},
            "wanted 2 zones at least, and 0 of ca-west-1 fit: ca-west-1a ",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["install", "verify"])
def test_zones_that_cannot_be(account, verb, settings, text):
    ran = account.run(verb, **settings)
    told = [line for line in ran.output.splitlines() if text in line]
    assert ran.code != 0 and ran.writes == [] and "Traceback" not in ran.output, ran.output
    assert len(told) == 1, ran.output


@pytest.fixture
def network(account):
    """The first subnets of a network that is being made."""
    ec2 = account.client("ec2", "us-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", **tags("vpc", "airflow-sandbox"))["Vpc"]["VpcId"]
    made = []

    def subnet(name, zone, cidr):
        place = {"VpcId": vpc, "AvailabilityZone": zone, "CidrBlock": cidr}
        made.append(ec2.create_subnet(**place, **tags("subnet", f"airflow-sandbox-{name}-{zone}"))["Subnet"]["SubnetId"])

    yield subnet
    for number in made:
        ec2.delete_subnet(SubnetId=number)
    ec2.delete_vpc(VpcId=vpc)


def tags(kind, name):
    mine = [{"Key": "Name", "Value": name}, {"Key": OWNER, "Value": "airflow-sandbox"}]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": mine}]}


def test_a_network_decides_and_is_not_asked_about_offers(account, network):
    network("public", "us-west-1b", "10.1.130.0/23")
    half = account.run("install", "--dry", "--diff", region="us-west-1", zones=2)
    assert planned(half) == ["us-west-1a", "us-west-1b"] and asked(half) == ASKED
    network("public", "us-west-1a", "10.1.128.0/23")
    network("private", "us-west-1a", "10.1.0.0/20")
    whole = account.run("install", "--dry", "--diff", region="us-west-1")
    assert planned(whole) == ["us-west-1b"] and asked(whole) == set()
    assert "zones is 3, and the network stands in 2, which it keeps: us-west-1a, us-west-1b" in whole.output
    cleanup = account.run("cleanup", "--dry", "--diff", region="us-west-1")
    assert asked(cleanup) == set() and "- ec2.subnet airflow-sandbox-public-us-west-1b" in cleanup.output
