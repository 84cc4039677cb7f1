"""Facts about Service Quotas: how much of what an account may have in a region, and how much of it it has."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.commands.command import AwsCall
from facts.aws import AwsFact

NOT_TOLD = ("NoSuchResourceException", "AccessDenied", "AccessDeniedException")
"""Error codes of a quota that AWS does not know here, or does not tell the caller."""

_RUNNING = AwsCall("ec2", "describe_instances", Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
_LIVE = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
_SIZE = "{type: InstanceType, cores: CpuOptions.CoreCount, threads: CpuOptions.ThreadsPerCore}"


@dataclass(frozen=True)
class Limit:
    """
    A quota that is watched.

    + service, name: as Service Quotas calls them
    + call: the read that lists what counts towards it
    + pick: JMESPath of what counts
    """

    service: str
    name: str
    call: AwsCall
    pick: str


LIMITS = {
    "L-F678F1CE": Limit("vpc", "VPCs per Region", AwsCall("ec2", "describe_vpcs"), "Vpcs[].VpcId"),
    "L-A4707A72": Limit("vpc", "Internet gateways per Region", AwsCall("ec2", "describe_internet_gateways"), "InternetGateways[].InternetGatewayId"),
    "L-FE5A380F": Limit("vpc", "NAT gateways per Availability Zone", AwsCall("ec2", "describe_nat_gateways", Filter=_LIVE), "NatGateways[].SubnetId"),
    "L-0263D0A3": Limit("ec2", "EC2-VPC Elastic IPs", AwsCall("ec2", "describe_addresses"), "Addresses[].AllocationId"),
    "L-1216C47A": Limit("ec2", "vCPUs of running on-demand standard instances", _RUNNING, f"Reservations[].Instances[] | [?InstanceLifecycle!='spot'].{_SIZE}"),
    "L-34B43A08": Limit("ec2", "vCPUs of standard spot instances", _RUNNING, f"Reservations[].Instances[] | [?InstanceLifecycle=='spot'].{_SIZE}"),
    "L-1194D53C": Limit("eks", "Clusters", AwsCall("eks", "list_clusters"), "clusters"),
    "L-7B6409FD": Limit("rds", "DB instances", AwsCall("rds", "describe_db_instances"), "DBInstances[].DBInstanceIdentifier"),
    "L-53DA6B97": Limit(
        "elasticloadbalancing",
        "Application Load Balancers per Region",
        AwsCall("elbv2", "describe_load_balancers"),
        "LoadBalancers[?Type=='application'].LoadBalancerArn",
    ),
}
"""The quotas a deployment may meet, by code. Source: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html"""


class Quota(AwsFact):
    """
    Returns the value of a quota that was changed for the account, or ``None``.

    + service: ``vpc``
    + code: of the quota, ``L-F678F1CE``
    """

    pick = "Quota.Value"

    def command(self, service, code):
        return AwsCall("service-quotas", "get_service_quota", missing=NOT_TOLD, ServiceCode=service, QuotaCode=code)


class DefaultQuota(AwsFact):
    """
    Returns the value of a quota for accounts that have not changed it, or ``None`` where AWS does not tell.

    + service: ``vpc``
    + code: of the quota, ``L-F678F1CE``
    """

    pick = "Quota.Value"

    def command(self, service, code):
        return AwsCall("service-quotas", "get_aws_default_service_quota", missing=NOT_TOLD, ServiceCode=service, QuotaCode=code)


class Used(AwsFact):
    """
    Returns what counts towards a quota in the account and region, whoever made it: ids; of instances ``type``, ``cores`` and ``threads``.

    + code: of the quota, one of `LIMITS`
    """

    def command(self, code):
        self.pick = LIMITS[code].pick
        return LIMITS[code].call
