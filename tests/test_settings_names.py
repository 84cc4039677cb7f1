"""The names and ranges that follow from the settings."""

import json
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path

import pytest

from deploys.platform import platform
from settings import Settings, SettingsError, regions

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["1.2.3.4/32"]}
KINDS = ("public", "private", "data", "database")


def settings(**data) -> Settings:
    return Settings.of({**LEAST, **data})


def test_tags_name_the_owner():
    assert settings(tags={"team": "data"}).tag == {"airflow-on-eks/deployment": "airflow-dev", "team": "data"}


PEM = str(Path(__file__).parents[1] / "sandbox" / "aws" / "rds-ca.pem")
ELSEWHERE = {
    "cn-north-1": ("aws-cn", "ec2.amazonaws.com.cn", "com.amazonaws.cn-north-1.s3"),
    "us-gov-west-1": ("aws-us-gov", "ec2.amazonaws.com", "com.amazonaws.us-gov-west-1.s3"),
    "eusc-de-east-1": ("aws-eusc", "ec2.amazonaws.com", "eu.amazonaws.eusc-de-east-1.s3"),
}
"""A region of each partition but the first: the partition, who starts nodes there, what S3's endpoint is called."""


def elsewhere(region) -> Settings:
    return settings(region=region, enable_amazon_prometheus=region != "cn-north-1", db_ca_bundle=PEM)


@pytest.mark.parametrize("region", ELSEWHERE)
def test_arns_and_principals_are_those_of_the_partition(region):
    partition, ec2, s3 = ELSEWHERE[region]
    there = elsewhere(region)
    assert there.role_arn("karpenter") == f"arn:{partition}:iam::123456789012:role/airflow-dev-{region}-karpenter"
    assert (there.principal("ec2"), there.principal("eks"), there.s3_endpoint) == (ec2, "eks.amazonaws.com", s3)


@pytest.mark.parametrize("region", ELSEWHERE)
def test_nothing_wanted_in_another_partition_names_the_first(region):
    wants = platform(elsewhere(region))
    said = json.dumps([want.arguments for want in wants], default=str)
    assert f"arn:{ELSEWHERE[region][0]}:" in said and "arn:aws:" not in said
    trusted = {json.dumps(want.fields["trust"]["Statement"][0]["Principal"]) for want in wants if want.kind == "iam.role"}
    assert any(ELSEWHERE[region][1] in principal for principal in trusted)


def test_every_region_of_botocore_is_in_its_partition_or_refused_by_name():
    refused = {}
    for partition in regions.partitions():
        for region in partition["regions"]:
            try:
                assert settings(region=region, db_ca_bundle=PEM, enable_amazon_prometheus=False).partition == partition["partition"]
            except SettingsError as error:
                refused[partition["partition"]] = error.lines
    assert set(refused) == {"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}
    assert refused["aws-iso-e"] == ["region is 'eu-isoe-west-1': the platform cannot work there, AWS has no EKS Pod Identity in it"]


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
