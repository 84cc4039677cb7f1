"""The scan for what a deployment leaves: by tag, and by name where AWS's answer carries no tags."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.commands.command import AwsCall, AwsEach
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG, Text
from facts.acm import certificates
from facts.aws import OWNED, OWNED_ANYWHERE, AwsFact, owned_anywhere
from facts.eks import MISSING as NO_CLUSTER
from facts.elbv2 import ClusterLoadBalancers, ClusterTargetGroups, made_for
from facts.kms import GONE as NO_KEY
from facts.sqs import MISSING as NO_QUEUE

NO_RULE = ("ResourceNotFoundException",)
NO_GROUP = ("ResourceNotFoundException", "DBSubnetGroupNotFoundFault", "DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")


@dataclass(frozen=True)
class Scan:
    """
    One read that finds things of a kind.

    + kind: what they are
    + call: the read
    + pick: JMESPath of their ids; ``{deployment}`` stands for the deployment's name
    + kept: why AWS keeps what it finds; empty: it should be gone
    + of: what it is made for where it need not carry the tag, ``cluster``: it is the deployment's if that was seen to be
    """

    kind: str
    call: AwsCall | AwsEach
    pick: str
    kept: str = ""
    of: str = ""

    def __str__(self):
        return self.kind


_TAG = f"[?Key=='{DEPLOYMENT_TAG}' && Value=='{{deployment}}']"
_OWNER = f"\"{DEPLOYMENT_TAG}\"=='{{deployment}}'"
_KARPENTER = [{"Name": "tag:eks:eks-cluster-name", "Values": [DEPLOYMENT]}]
"""What Karpenter makes, for node pools of ours or of others."""

_PROFILES = "InstanceProfiles[?starts_with(Path, '/karpenter/{region}/{deployment}/')].InstanceProfileName"
_LIVE = "Reservations[].Instances[?State.Name!='terminated'].InstanceId[]"


def _owned(kind: str, action: str, pick: str, *more: dict) -> Scan:
    return Scan(kind, AwsCall("ec2", action, Filters=[*OWNED, *more]), pick)


def _asked(kind: str, listing: AwsCall, items: str, each: AwsCall, pick: str, kept: str = "", of: str = "") -> Scan:
    """A scan of a service that lists its things without their tags: those of a name of the deployment's are asked for them."""
    return Scan(kind, AwsEach(listing, items, each), pick, kept, of)


def _groups(kind: str, prefix: str, of: str) -> tuple[Scan, Scan]:
    """Log groups under a prefix: with the deployment's tag, and without any."""
    listing = AwsCall("logs", "describe_log_groups", logGroupNamePrefix=Text(f"{prefix}{{deployment}}/", deployment=DEPLOYMENT))
    each = AwsCall("logs", "list_tags_for_resource", missing=NO_GROUP)
    ask = kind, listing, "logGroups[].{resourceArn: logGroupArn}", each
    return _asked(*ask, f"[?tags.{_OWNER}].resourceArn"), _asked(*ask, f'[?!(tags."{DEPLOYMENT_TAG}")].resourceArn', of=of)


SCANS = (
    _owned("VPC", "describe_vpcs", "Vpcs[].VpcId"),
    _owned("subnet", "describe_subnets", "Subnets[].SubnetId"),
    _owned("route table", "describe_route_tables", "RouteTables[].RouteTableId"),
    _owned("internet gateway", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"),
    _owned("elastic IP", "describe_addresses", "Addresses[].AllocationId"),
    _owned("security group", "describe_security_groups", "SecurityGroups[].GroupId"),
    _owned("network interface", "describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId"),
    _owned("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    _owned("launch template", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"),
    _owned("volume", "describe_volumes", "Volumes[].VolumeId"),
    _owned("instance", "describe_instances", _LIVE),
    Scan("NAT gateway", AwsCall("ec2", "describe_nat_gateways", Filter=OWNED), "NatGateways[?State!='deleted'].NatGatewayId"),
    Scan("EKS cluster", AwsCall("eks", "describe_cluster", missing=NO_CLUSTER, name=DEPLOYMENT), f"[cluster][?tags.{_OWNER}].name"),
    Scan("RDS instance", AwsCall("rds", "describe_db_instances"), f"DBInstances[?TagList{_TAG}].DBInstanceIdentifier"),
    _asked(
        "RDS subnet group",
        AwsCall("rds", "describe_db_subnet_groups"),
        "DBSubnetGroups[?DBSubnetGroupName=='{deployment}'].{ResourceName: DBSubnetGroupArn}",
        AwsCall("rds", "list_tags_for_resource", missing=NO_GROUP),
        f"[?TagList{_TAG}].ResourceName",
    ),
    _asked(
        "RDS parameter group",
        AwsCall("rds", "describe_db_parameter_groups"),
        "DBParameterGroups[?starts_with(DBParameterGroupName, '{deployment}-')].{ResourceName: DBParameterGroupArn}",
        AwsCall("rds", "list_tags_for_resource", missing=NO_GROUP),
        f"[?TagList{_TAG}].ResourceName",
    ),
    Scan("EFS file system", AwsCall("efs", "describe_file_systems"), f"FileSystems[?Tags{_TAG} && LifeCycleState!='deleted'].FileSystemId"),
    _asked(
        "S3 bucket",
        AwsCall("s3", "list_buckets"),
        "Buckets[?contains(Name, '-{deployment}-{account}-{region}')].{Bucket: Name}",
        AwsCall("s3", "get_bucket_tagging", missing=("NoSuchTagSet", "NoSuchBucket")),
        f"[?TagSet{_TAG}].Bucket",
    ),
    Scan(
        "IAM role",
        AwsCall("iam", "get_account_authorization_details", Filter=["Role"]),
        f"RoleDetailList[?Tags{_TAG} && contains(RoleName, '-{{region}}-')].RoleName",
    ),
    Scan("instance profile", AwsCall("iam", "list_instance_profiles", PathPrefix="/karpenter/"), _PROFILES, of="cluster"),
    Scan("instance of Karpenter", AwsCall("ec2", "describe_instances", Filters=_KARPENTER), _LIVE, of="cluster"),
    Scan("launch template of Karpenter", AwsCall("ec2", "describe_launch_templates", Filters=_KARPENTER), "LaunchTemplates[].LaunchTemplateId", of="cluster"),
    _asked(
        "SQS queue",
        AwsCall("sqs", "list_queues"),
        "QueueUrls[?ends_with(@, '/{deployment}-karpenter')].{QueueUrl: @}",
        AwsCall("sqs", "list_queue_tags", missing=NO_QUEUE),
        f"[?Tags.{_OWNER}].QueueUrl",
    ),
    _asked(
        "EventBridge rule",
        AwsCall("events", "list_rules"),
        "Rules[?starts_with(Name, '{deployment}-')].{ResourceARN: Arn}",
        AwsCall("events", "list_tags_for_resource", missing=NO_RULE),
        f"[?Tags{_TAG}].ResourceARN",
    ),
    *_groups("log group of the cluster", "/aws/eks/", "cluster"),
    *_groups("log group of the database", "/aws/rds/instance/", "instance"),
    Scan(
        "secret",
        AwsCall("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=[{"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]),
        f"SecretList[?Tags{_TAG} && !DeletedDate && !starts_with(Name, '{{deployment}}/backup/')].Name",
    ),
    Scan(
        "backup set",
        AwsCall("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=[{"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]),
        f"SecretList[?Tags{_TAG} && !DeletedDate && starts_with(Name, '{{deployment}}/backup/')].Name",
        "the keys to what its snapshot holds: deploys/backup.py --data delete=<id> removes both",
    ),
    Scan(
        "secret",
        AwsCall("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=[{"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]),
        f"SecretList[?Tags{_TAG} && DeletedDate].Name",
        "in its recovery window: an install restores it",
    ),
    Scan("load balancer", ClusterLoadBalancers().command("{deployment}"), f"{made_for('{deployment}', _TAG)}"),
    Scan("target group", ClusterTargetGroups().command("{deployment}"), f"{made_for('{deployment}', _TAG)}"),
    Scan("certificate", certificates(), "[].Certificate.CertificateArn"),
    Scan(
        "Prometheus workspace",
        AwsCall("amp", "list_workspaces"),
        f"workspaces[?alias=='{{deployment}}' && tags.{_OWNER} && status.statusCode!='DELETING'].workspaceId",
    ),
    *_groups("log group of Container Insights", "/aws/containerinsights/", "cluster"),
    _asked(
        "KMS alias",
        AwsCall("kms", "list_aliases"),
        "Aliases[?AliasName=='alias/{deployment}'].{KeyId: TargetKeyId}",
        AwsCall("kms", "list_resource_tags", missing=NO_KEY),
        f"[?Tags[?TagKey=='{DEPLOYMENT_TAG}' && TagValue=='{{deployment}}']].join('', ['alias/', '{{deployment}}'])",
        "it goes with its key",
    ),
    Scan(
        "RDS snapshot",
        AwsCall("rds", "describe_db_snapshots", SnapshotType="manual"),
        f"DBSnapshots[?DBInstanceIdentifier=='{{deployment}}' && TagList{_TAG}].DBSnapshotIdentifier",
        "what the database held then: delete it when it is not needed",
    ),
    Scan(
        "KMS key",
        AwsCall("resourcegroupstaggingapi", "get_resources", TagFilters=OWNED_ANYWHERE, ResourceTypeFilters=["kms"]),
        "ResourceTagMappingList[].ResourceARN",
        "pending deletion: an install under the same name takes it back",
    ),
)


class Found(AwsFact):
    """
    Returns what a scan finds of the deployment: a list of ids.

    + scan: a row of `SCANS`
    + deployment, account, region: whose
    + pick: JMESPath of the ids where it is another than the row's
    """

    def command(self, scan, deployment, account, region, pick=None):
        def filled(text: str) -> str:
            return text.replace("{deployment}", deployment).replace("{account}", account).replace("{region}", region)

        self.pick = filled(pick or scan.pick)
        return AwsEach(scan.call.listing, filled(scan.call.items), scan.call.each) if isinstance(scan.call, AwsEach) else scan.call


class Tagged(AwsFact):
    """Returns the ARNs of all that carries the deployment's tag in the region, of any service; deleted things are listed for a while."""

    pick = "ResourceTagMappingList[].ResourceARN"

    def command(self):
        return owned_anywhere()
