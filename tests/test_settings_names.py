"""The names and ranges that follow from the settings."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from settings import Settings

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["1.2.3.4/32"]}
KINDS = ("public", "private", "data", "database")


def settings(**data) -> Settings:
    return Settings.of({**LEAST, **data})


def test_tags_name_the_owner():
    assert settings(tags={"team": "data"}).tag == {"airflow-on-eks/deployment": "airflow-dev", "team": "data"}


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_arns_name_the_partition_of_the_region(region, partition):
    assert settings(region=region).role_arn("karpenter") == f"arn:{partition}:iam::123456789012:role/airflow-dev-{region}-karpenter"


def test_names_of_the_longest_deployment_and_region_fit():
    longest = settings(deployment="a" * 22, region="ap-southeast-1")
    assert len(longest.role("load-balancer-controller")) <= 64
    assert len(longest.bucket("airflow-logs")) == 63
    with pytest.raises(ValueError, match="27 characters, 26 fit"):
        settings().role("a" * 27)
    with pytest.raises(ValueError, match="13 characters, 12 fit"):
        settings().bucket("a" * 13)


@pytest.mark.parametrize(("vpc", "secondary"), [("10.1.0.0/16", "100.64.0.0/16"), ("192.168.16.0/20", "100.127.248.0/21")])
def test_subnets_fit_their_vpc_and_do_not_overlap(vpc, secondary):
    laid_out = settings(vpc_cidr=vpc, secondary_cidr=secondary)
    ranges = [IPv4Network(subnet.cidr) for kind in KINDS for subnet in laid_out.subnets(kind)]
    assert len(ranges) == 12
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))
    assert all(one.subnet_of(IPv4Network(vpc)) or one.subnet_of(IPv4Network(secondary)) for one in ranges)
    assert all(one.prefixlen <= 27 for one in ranges)


def test_dropping_a_zone_moves_no_subnet():
    three, two = settings(), settings(zones=["us-west-2c", "us-west-2b"])
    for kind in KINDS:
        assert set(two.subnets(kind)) < set(three.subnets(kind))


def test_the_hosted_zone_follows_from_the_domain():
    assert settings().zone_of_domain is None
    assert settings(domain="airflow.data.example.com").zone_of_domain == "data.example.com"
    assert settings(domain="airflow.data.example.com", hosted_zone="example.com").zone_of_domain == "example.com"
