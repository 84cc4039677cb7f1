"""The scan for what a deployment leaves: by tag, and by name where AWS's answer carries no tags."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.commands.command import AwsCall, AwsEach
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG, Text
from facts.acm import certificates
from facts.aws import OWNED, OWNED_ANYWHERE, AwsFact, owned_anywhere
from facts.elbv2 import ClusterLoadBalancers, ClusterTargetGroups, made_for


@dataclass(frozen=True)
class Scan:
    """
    One read that finds things of a kind.

    + kind: what they are
    + call: the read
    + pick: JMESPath of their ids; ``{deployment}`` stands for the deployment's name
    + kept: why AWS keeps what it finds; empty: it should be gone
    """

    kind: str
    call: AwsCall | AwsEach
    pick: str
    kept: str = ""

    def __str__(self):
        return self.kind


_TAG = f"[?Key=='{DEPLOYMENT_TAG}' && Value=='{{deployment}}']"
_KARPENTER = [{"Name": "tag:eks:eks-cluster-name", "Values": [DEPLOYMENT]}]
"""What Karpenter makes, for node pools of ours or of others."""

_PROFILES = "InstanceProfiles[?starts_with(Path, '/karpenter/{region}/{deployment}/')].InstanceProfileName"
_LIVE = "Reservations[].Instances[?State.Name!='terminated'].InstanceId[]"


def _owned(kind: str, action: str, pick: str, *more: dict) -> Scan:
    return Scan(kind, AwsCall("ec2", action, Filters=[*OWNED, *more]), pick)


def _under(prefix: str) -> Text:
    return Text(f"{prefix}{{deployment}}/", deployment=DEPLOYMENT)


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
    Scan("EKS cluster", AwsCall("eks", "list_clusters"), "clusters[?@=='{deployment}']"),
    Scan("RDS instance", AwsCall("rds", "describe_db_instances"), f"DBInstances[?TagList{_TAG}].DBInstanceIdentifier"),
    Scan("RDS subnet group", AwsCall("rds", "describe_db_subnet_groups"), "DBSubnetGroups[?DBSubnetGroupName=='{deployment}'].DBSubnetGroupName"),
    Scan(
        "RDS parameter group",
        AwsCall("rds", "describe_db_parameter_groups"),
        "DBParameterGroups[?starts_with(DBParameterGroupName, '{deployment}-')].DBParameterGroupName",
    ),
    Scan("EFS file system", AwsCall("efs", "describe_file_systems"), f"FileSystems[?Tags{_TAG} && LifeCycleState!='deleted'].FileSystemId"),
    Scan("S3 bucket", AwsCall("s3", "list_buckets"), "Buckets[?contains(Name, '-{deployment}-{account}-{region}')].Name"),
    Scan(
        "IAM role",
        AwsCall("iam", "get_account_authorization_details", Filter=["Role"]),
        f"RoleDetailList[?Tags{_TAG} && contains(RoleName, '-{{region}}-')].RoleName",
    ),
    Scan("instance profile", AwsCall("iam", "list_instance_profiles", PathPrefix="/karpenter/"), _PROFILES),
    Scan("instance of Karpenter", AwsCall("ec2", "describe_instances", Filters=_KARPENTER), _LIVE),
    Scan("launch template of Karpenter", AwsCall("ec2", "describe_launch_templates", Filters=_KARPENTER), "LaunchTemplates[].LaunchTemplateId"),
    Scan("SQS queue", AwsCall("sqs", "list_queues"), "QueueUrls[?ends_with(@, '/{deployment}-karpenter')]"),
    Scan("EventBridge rule", AwsCall("events", "list_rules"), "Rules[?starts_with(Description || '', 'Karpenter of {deployment}: ')].Name"),
    Scan(
        "log group of the cluster",
        AwsCall("logs", "describe_log_groups", logGroupNamePrefix=_under("/aws/eks/")),
        "logGroups[].logGroupName",
    ),
    Scan(
        "log group of the database",
        AwsCall("logs", "describe_log_groups", logGroupNamePrefix=_under("/aws/rds/instance/")),
        "logGroups[].logGroupName",
    ),
    Scan(
        "secret",
        AwsCall("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=[{"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]),
        f"SecretList[?Tags{_TAG} && !DeletedDate].Name",
    ),
    Scan(
        "secret",
        AwsCall("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=[{"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]),
        f"SecretList[?Tags{_TAG} && DeletedDate].Name",
        "in its recovery window: an install restores it",
    ),
    Scan("load balancer", ClusterLoadBalancers().command("{deployment}"), made_for("{deployment}")),
    Scan("target group", ClusterTargetGroups().command("{deployment}"), made_for("{deployment}")),
    Scan("certificate", certificates(), "[].Certificate.CertificateArn"),
    Scan("Prometheus workspace", AwsCall("amp", "list_workspaces"), "workspaces[?alias=='{deployment}' && status.statusCode!='DELETING'].workspaceId"),
    Scan(
        "log group of Container Insights",
        AwsCall("logs", "describe_log_groups", logGroupNamePrefix=_under("/aws/containerinsights/")),
        "logGroups[].logGroupName",
    ),
    Scan("KMS alias", AwsCall("kms", "list_aliases"), "Aliases[?AliasName=='alias/{deployment}'].AliasName", "it goes with its key"),
    Scan(
        "RDS snapshot",
        AwsCall("rds", "describe_db_snapshots", SnapshotType="manual"),
        "DBSnapshots[?DBInstanceIdentifier=='{deployment}'].DBSnapshotIdentifier",
        "the database's last state: delete it when it is not needed",
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
        self.pick = (pick or scan.pick).replace("{deployment}", deployment).replace("{account}", account).replace("{region}", region)
        return scan.call


class Tagged(AwsFact):
    """Returns the ARNs of all that carries the deployment's tag in the region, of any service; deleted things are listed for a while."""

    pick = "ResourceTagMappingList[].ResourceARN"

    def command(self):
        return owned_anywhere()
