"""The bookend of a VPC: what controllers leave in it, and what AWS puts there by itself."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from facts.ec2 import GuardDutyEndpoints, LeftoverGroups, LeftoverInterfaces, Vpc, by_id
from operations.differ import Change
from operations.ec2.groups import changeable, pointing
from operations.eks.clusters import seen_here
from operations.tags import mapped

GONE = ("InvalidNetworkInterfaceID.NotFound", "InvalidGroup.NotFound", "InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound")


@operation()
def leftovers(vpc: str, cluster: str | None = None, present: bool = True):
    """
    Remove what vpc-cni, EKS and the load balancer controller leave in a VPC, and what GuardDuty puts there by itself: network interfaces
    nothing uses any more, endpoints and security groups. Declare it after the VPC's subnets and groups, so that cleanup comes to it just before them.

    + vpc: Name tag of the VPC, or the id of somebody else's: there what hangs on the deployment's security groups and cluster goes alone
    + cluster: name of the cluster
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while the VPC is wanted, or when there is nothing.

    **Example:**

    .. code:: python

        ec2.leftovers(vpc="airflow-dev", present=False, name="What controllers left")
    """
    theirs = by_id(vpc)
    if present or not (theirs or host.get_fact(Vpc, vpc=vpc)):
        host.noop(f"leftovers in {vpc} are {'left alone' if present else 'already absent'}")
        return
    interfaces = host.get_fact(LeftoverInterfaces, vpc=vpc) or []
    groups = host.get_fact(LeftoverGroups, vpc=vpc) or []
    endpoints = [] if theirs else host.get_fact(GuardDutyEndpoints, vpc=vpc) or []
    everything = changeable(vpc)
    if theirs:
        own = {group["GroupId"] for group in everything}
        interfaces = [interface for interface in interfaces if own & {group["GroupId"] for group in interface["Groups"]}]
        groups = [group for group in groups if seen_here(cluster) and mapped(group["Tags"]).get("aws:eks:cluster-name") == cluster]
    if staying := [endpoint["VpcEndpointId"] for endpoint in endpoints if endpoint["State"] != "deleting"]:
        call = AwsCall("ec2", "delete_vpc_endpoints", missing=GONE, VpcEndpointIds=staying)
        yield call.because([Change(f"GuardDuty's endpoint {endpoint}", "present", "absent") for endpoint in staying])
    if endpoints:
        yield Wait("ec2", "vpc_endpoints_deleted", VpcEndpointIds=[endpoint["VpcEndpointId"] for endpoint in endpoints])
    for interface in interfaces:
        yield AwsCall("ec2", "delete_network_interface", missing=GONE, NetworkInterfaceId=interface["NetworkInterfaceId"])
    for group in groups:
        yield from pointing(everything, group["GroupId"])
    for group in groups:
        yield AwsCall("ec2", "delete_security_group", missing=GONE, GroupId=group["GroupId"])
    if not interfaces and not groups and not endpoints:
        host.noop(f"leftovers in {vpc} are already absent")
