"""Operations on VPCs, their gateways to the internet and their subnets."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Ref
from facts.ec2 import InternetGateway, RenamedVpc, Subnet, Vpc, VpcAttribute
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.ec2.namesakes import own
from operations.foreign import absent

DNS = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}


@operation()
def vpc(
    vpc: str,
    cidr: str | None = None,
    more_cidrs: list | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a VPC, with DNS support and DNS hostnames on, as EKS needs them.

    + vpc: its Name tag
    + cidr: its primary IPv4 range (fixed)
    + more_cidrs: further IPv4 ranges (merged: others stay, since AWS does not take back a range with subnets in it)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** missing ranges are associated and waited for; DNS and tags are put right; another primary range is refused, as is
    making a second VPC where the Name tag by which it is found was changed.

    **Example:**

    .. code:: python

        ec2.vpc(vpc="airflow-dev", cidr="10.1.0.0/16", more_cidrs=["100.64.0.0/16"], name="VPC")
    """
    now = own("vpc", vpc, host.get_fact(Vpc, vpc=vpc), present)
    if not present:
        if now:
            yield AwsCall("ec2", "delete_vpc", missing=("InvalidVpcID.NotFound",), VpcId=now["VpcId"])
        else:
            absent("vpc", vpc, now)
        return
    tags = {"Name": vpc, **(tags or {})}
    if now:
        refused("vpc", vpc, differing(now, CidrBlock=cidr), "remove the VPC first")
        commands = list(_mended(vpc, now, more_cidrs or [], tags))
        yield from commands
        if not commands:
            host.noop(f"vpc {vpc} is already present")
        return
    if renamed := host.get_fact(RenamedVpc, vpc=vpc):
        raise OperationError(f"vpc {vpc}: {renamed['VpcId']} is this deployment's and lacks the tag Name={vpc}: put the tag back")
    made = Ref(Vpc, "VpcId", vpc=vpc)
    yield AwsCall("ec2", "create_vpc", made=made, CidrBlock=cidr, TagSpecifications=tag.specification("vpc", tags))
    yield AwsCall("ec2", "modify_vpc_attribute", VpcId=made, EnableDnsSupport={"Value": True})
    yield AwsCall("ec2", "modify_vpc_attribute", VpcId=made, EnableDnsHostnames={"Value": True})
    for more in more_cidrs or []:
        yield _associate(vpc, made, more)
    if more_cidrs:
        yield Wait("ec2", "vpc_cidr_associated", VpcIds=[made])


def _mended(vpc: str, now: dict, more_cidrs: list, tags: dict):
    off = [attribute for attribute in DNS if not host.get_fact(VpcAttribute, vpc=vpc, attribute=attribute)]
    states = {one["CidrBlock"]: one["CidrBlockState"]["State"] for one in now.get("CidrBlockAssociationSet") or []}
    retagged = tag.missing(now["Tags"], tags)
    for attribute in off:
        yield AwsCall("ec2", "modify_vpc_attribute", VpcId=now["VpcId"], **{DNS[attribute]: {"Value": True}}).because([Change(attribute, False, True)])
    if retagged:
        yield AwsCall("ec2", "create_tags", Resources=[now["VpcId"]], Tags=tag.listed(tags)).because(retagged)
    for more in more_cidrs:
        if states.get(more) not in ("associating", "associated"):
            yield _associate(vpc, now["VpcId"], more).because([Change("CidrBlock", None, more)])
    if any(states.get(more) != "associated" for more in more_cidrs):
        yield Wait("ec2", "vpc_cidr_associated", VpcIds=[now["VpcId"]])


def _associate(vpc: str, vpc_id, cidr: str) -> AwsCall:
    made = Ref(Vpc, f"CidrBlockAssociationSet[?CidrBlock=='{cidr}' && starts_with(CidrBlockState.State, 'associat')].CidrBlock | [0]", vpc=vpc)
    return AwsCall("ec2", "associate_vpc_cidr_block", made=made, VpcId=vpc_id, CidrBlock=cidr)


@operation()
def internet_gateway(gateway: str, vpc: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove an internet gateway, attached to a VPC.

    + gateway: its Name tag
    + vpc: Name tag of the VPC (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** it is attached if it is not, and tags are put right; one attached to another VPC is refused.

    **Example:**

    .. code:: python

        ec2.internet_gateway(gateway="airflow-dev", vpc="airflow-dev", name="Internet gateway")
    """
    now = own("internet gateway", gateway, host.get_fact(InternetGateway, gateway=gateway), present)
    if not present:
        if now:
            for attachment in now.get("Attachments") or []:
                call = {"InternetGatewayId": now["InternetGatewayId"], "VpcId": attachment["VpcId"]}
                yield AwsCall("ec2", "detach_internet_gateway", missing=("Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"), **call)
            missing = ("InvalidInternetGatewayID.NotFound",)
            yield AwsCall("ec2", "delete_internet_gateway", missing=missing, InternetGatewayId=now["InternetGatewayId"])
        else:
            absent("internet gateway", gateway, now)
        return
    tags = {"Name": gateway, **(tags or {})}
    made, home = Ref(InternetGateway, "InternetGatewayId", gateway=gateway), Ref(Vpc, "VpcId", vpc=vpc)
    if not now:
        yield AwsCall("ec2", "create_internet_gateway", made=made, TagSpecifications=tag.specification("internet-gateway", tags))
        yield AwsCall("ec2", "attach_internet_gateway", InternetGatewayId=made, VpcId=home)
        return
    attached = bool(now.get("Attachments"))
    if attached:
        refused("internet gateway", gateway, differing(now["Attachments"][0], VpcId=home), "remove the gateway first")
    retagged = tag.missing(now["Tags"], tags)
    if not attached:
        attach = AwsCall("ec2", "attach_internet_gateway", InternetGatewayId=now["InternetGatewayId"], VpcId=home)
        yield attach.because([Change("attached to", None, vpc)])
    if retagged:
        yield AwsCall("ec2", "create_tags", Resources=[now["InternetGatewayId"]], Tags=tag.listed(tags)).because(retagged)
    if attached and not retagged:
        host.noop(f"internet gateway {gateway} is already present")


@operation()
def subnet(
    subnet: str,
    vpc: str | None = None,
    cidr: str | None = None,
    zone: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a subnet, which gives no public addresses to what is started in it.

    + subnet: its Name tag
    + vpc: Name tag of the VPC it is in (fixed)
    + cidr: its IPv4 range (fixed)
    + zone: its availability zone (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** public addresses are switched off and tags put right; another VPC, range or zone is refused.

    **Example:**

    .. code:: python

        ec2.subnet(subnet="airflow-dev-public-a", vpc="airflow-dev", cidr="10.1.0.0/24", zone="us-west-2a", name="Subnet")
    """
    now = own("subnet", subnet, host.get_fact(Subnet, subnet=subnet), present)
    tags = {"Name": subnet, **(tags or {})}
    if not present:
        if now:
            yield AwsCall("ec2", "delete_subnet", missing=("InvalidSubnetID.NotFound",), SubnetId=now["SubnetId"])
        else:
            absent("subnet", subnet, now)
        return
    if now:
        fixed = differing(now, VpcId=Ref(Vpc, "VpcId", vpc=vpc) if vpc else None, CidrBlock=cidr, AvailabilityZone=zone)
        refused("subnet", subnet, fixed, "remove the subnet first")
        public = differing(now, MapPublicIpOnLaunch=False)
        retagged = tag.missing(now["Tags"], tags)
        if public:
            yield AwsCall("ec2", "modify_subnet_attribute", SubnetId=now["SubnetId"], MapPublicIpOnLaunch={"Value": False}).because(public)
        if retagged:
            yield AwsCall("ec2", "create_tags", Resources=[now["SubnetId"]], Tags=tag.listed(tags)).because(retagged)
        if not public and not retagged:
            host.noop(f"subnet {subnet} is already present")
        return
    yield AwsCall(
        "ec2",
        "create_subnet",
        made=Ref(Subnet, "SubnetId", subnet=subnet),
        VpcId=Ref(Vpc, "VpcId", vpc=vpc),
        CidrBlock=cidr,
        AvailabilityZone=zone,
        TagSpecifications=tag.specification("subnet", tags),
    )
