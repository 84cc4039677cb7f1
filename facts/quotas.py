"""Facts about Service Quotas: how much of what an account may have in a region, and how much of it it has."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact

NOT_TOLD = ("NoSuchResourceException", "AccessDenied", "AccessDeniedException")
"""Error codes of a quota that AWS does not know here, or does not tell the caller."""

_RUNNING = AwsCall("ec2", "describe_instances", Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
_LIVE = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
_SIZE = "{type: InstanceType, cores: CpuOptions.CoreCount, threads: CpuOptions.ThreadsPerCore}"

USES = {
    "L-F678F1CE": (AwsCall("ec2", "describe_vpcs"), "Vpcs[].VpcId"),
    "L-A4707A72": (AwsCall("ec2", "describe_internet_gateways"), "InternetGateways[].InternetGatewayId"),
    "L-0263D0A3": (AwsCall("ec2", "describe_addresses"), "Addresses[].AllocationId"),
    "L-FE5A380F": (AwsCall("ec2", "describe_nat_gateways", Filter=_LIVE), "NatGateways[].SubnetId"),
    "L-1216C47A": (_RUNNING, f"Reservations[].Instances[] | [?InstanceLifecycle!='spot'].{_SIZE}"),
    "L-34B43A08": (_RUNNING, f"Reservations[].Instances[] | [?InstanceLifecycle=='spot'].{_SIZE}"),
    "L-1194D53C": (AwsCall("eks", "list_clusters"), "clusters"),
    "L-7B6409FD": (AwsCall("rds", "describe_db_instances"), "DBInstances[].DBInstanceIdentifier"),
    "L-53DA6B97": (AwsCall("elbv2", "describe_load_balancers"), "LoadBalancers[?Type=='application'].LoadBalancerArn"),
}
"""What counts towards a quota, by its code: the read that lists it, and JMESPath of what counts."""


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

    + code: of the quota, one of `USES`
    """

    def command(self, code):
        call, self.pick = USES[code]
        return call
