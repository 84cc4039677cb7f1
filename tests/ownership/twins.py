"""A thing of somebody else's for each kind that a deployment declares: it has the name ours would have, and another owner or none."""

import json
import time

from twins_eks import CLUSTER_TWINS

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]})
PERIOD = {"Delay": 0, "MaxAttempts": 900}


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def listed(tags, key="Key", value="Value"):
    return [{key: name, value: content} for name, content in tags.items()]


class Stranger:
    """
    Somebody who works in the same account.

    + client: makes a client of a service
    + name: the deployment whose names they happen to use
    + tags: what they put on all they make
    + subjects: the first name of each declared kind
    """

    def __init__(self, client, name, tags, subjects):
        self.client, self.name, self.tags, self.subjects = client, name, tags, subjects
        self.ec2, self.iam = client("ec2"), client("iam")
        base = self.ec2.create_vpc(CidrBlock="10.77.0.0/16", TagSpecifications=self.tagged("vpc"))["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=base, EnableDnsHostnames={"Value": True})
        self.vpc = base
        self.subnets = [self.subnet(zone, number) for number, zone in enumerate("ab")]

    def subnet(self, zone, number):
        place = {"CidrBlock": f"10.77.{number}.0/24", "AvailabilityZone": f"us-west-2{zone}"}
        return self.ec2.create_subnet(VpcId=self.vpc, **place, TagSpecifications=self.tagged("subnet"))["Subnet"]["SubnetId"]

    def named(self, kind):
        """Our name, as a tag, next to their own."""
        return {"Name": self.subjects[kind], **self.tags}

    def tagged(self, resource, kind=None, **more):
        tags = {**(self.named(kind) if kind else self.tags), **more}
        return [{"ResourceType": resource, "Tags": listed(tags)}] if tags else []

    def role(self, name, service):
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service), Tags=listed(self.tags))
        time.sleep(0.05)
        return made["Role"]["Arn"]


def vpc(own):
    made = own.ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=own.tagged("vpc", "ec2.vpc"))["Vpc"]["VpcId"]
    own.twin = made
    return lambda: own.ec2.describe_vpcs(VpcIds=[made])["Vpcs"]


def default_security_group(own):
    here = [{"Name": "vpc-id", "Values": [own.twin]}]
    return lambda: own.ec2.describe_security_groups(Filters=here)["SecurityGroups"]


def internet_gateway(own):
    made = own.ec2.create_internet_gateway(TagSpecifications=own.tagged("internet-gateway", "ec2.internet_gateway"))
    made = made["InternetGateway"]["InternetGatewayId"]
    own.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=own.vpc)
    return lambda: own.ec2.describe_internet_gateways(InternetGatewayIds=[made])["InternetGateways"]


def subnet(own):
    place = {"VpcId": own.vpc, "CidrBlock": "10.77.9.0/24"}
    made = own.ec2.create_subnet(**place, TagSpecifications=own.tagged("subnet", "ec2.subnet"))["Subnet"]["SubnetId"]
    return lambda: own.ec2.describe_subnets(SubnetIds=[made])["Subnets"]


def elastic_ip(own):
    made = own.ec2.allocate_address(Domain="vpc", TagSpecifications=own.tagged("elastic-ip", "ec2.elastic_ip"))["AllocationId"]
    return lambda: own.ec2.describe_addresses(AllocationIds=[made])["Addresses"]


def nat_gateway(own):
    address = own.ec2.allocate_address(Domain="vpc", TagSpecifications=own.tagged("elastic-ip"))["AllocationId"]
    made = own.ec2.create_nat_gateway(SubnetId=own.subnets[0], AllocationId=address, TagSpecifications=own.tagged("natgateway", "ec2.nat_gateway"))
    made = made["NatGateway"]["NatGatewayId"]
    own.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made], WaiterConfig=PERIOD)
    return lambda: own.ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"]


def route_table(own):
    made = own.ec2.create_route_table(VpcId=own.vpc, TagSpecifications=own.tagged("route-table", "ec2.route_table"))["RouteTable"]["RouteTableId"]
    own.ec2.associate_route_table(RouteTableId=made, SubnetId=own.subnets[0])
    return lambda: own.ec2.describe_route_tables(RouteTableIds=[made])["RouteTables"]


def vpc_endpoint(own):
    place = {"VpcId": own.vpc, "ServiceName": "com.amazonaws.us-west-2.s3"}
    made = own.ec2.create_vpc_endpoint(**place, TagSpecifications=own.tagged("vpc-endpoint", "ec2.vpc_endpoint"))["VpcEndpoint"]["VpcEndpointId"]
    return lambda: own.ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"]


def security_group(own):
    name = own.subjects["ec2.security_group"]
    made = own.ec2.create_security_group(GroupName=name, Description="theirs", VpcId=own.vpc, TagSpecifications=own.tagged("security-group"))["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    own.ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    return lambda: own.ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]


def launch_template(own):
    name = own.subjects["ec2.launch_template"]
    own.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-1"}, TagSpecifications=own.tagged("launch-template"))
    return lambda: own.ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]


def leftovers(own):
    interface = own.ec2.create_network_interface(SubnetId=own.subnets[0], Description="aws-K8S-i-1", TagSpecifications=own.tagged("network-interface"))
    interface = interface["NetworkInterface"]["NetworkInterfaceId"]
    group = own.ec2.create_security_group(
        GroupName="k8s-theirs", Description="theirs", VpcId=own.vpc, TagSpecifications=own.tagged("security-group", **{"elbv2.k8s.aws/cluster": own.name})
    )["GroupId"]
    return lambda: [
        own.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"],
        own.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"],
    ]


def volumes(own):
    claim = {f"kubernetes.io/cluster/{own.name}": "owned", "kubernetes.io/created-for/pvc/name": "data"}
    made = own.ec2.create_volume(AvailabilityZone="us-west-2a", Size=1, TagSpecifications=own.tagged("volume", **claim))["VolumeId"]
    own.ec2.get_waiter("volume_available").wait(VolumeIds=[made], WaiterConfig=PERIOD)
    return lambda: own.ec2.describe_volumes(VolumeIds=[made])["Volumes"]


def karpenter(own):
    cluster = {f"kubernetes.io/cluster/{own.name}": "owned", "eks:eks-cluster-name": own.name, "karpenter.sh/nodepool": "theirs"}
    place = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "SubnetId": own.subnets[0]}
    node = own.ec2.run_instances(**place, TagSpecifications=own.tagged("instance", **cluster))["Instances"][0]["InstanceId"]
    own.ec2.get_waiter("instance_running").wait(InstanceIds=[node], WaiterConfig=PERIOD)
    template = f"karpenter.k8s.aws/{own.name}"
    data = {"ImageId": "ami-12c6146b"}
    own.ec2.create_launch_template(LaunchTemplateName=template, LaunchTemplateData=data, TagSpecifications=own.tagged("launch-template", **cluster))
    profile = f"{own.name}-theirs"
    own.iam.create_instance_profile(InstanceProfileName=profile, Path=f"/karpenter/us-west-2/{own.name}/", Tags=listed(own.tags))
    return lambda: [
        own.ec2.describe_instances(InstanceIds=[node])["Reservations"][0]["Instances"],
        own.ec2.describe_launch_templates(LaunchTemplateNames=[template])["LaunchTemplates"],
        own.iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"],
    ]


def load_balancer(own):
    elb, name = own.client("elbv2"), own.subjects["elbv2.load_balancer"]
    made = elb.create_load_balancer(Name=name, Subnets=own.subnets, Scheme="internal", **_tags(own))["LoadBalancers"][0]["LoadBalancerArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[made], WaiterConfig=PERIOD)
    return lambda: elb.describe_load_balancers(LoadBalancerArns=[made])["LoadBalancers"]


def balancer_leftovers(own):
    elb, tags = own.client("elbv2"), listed({**own.tags, "elbv2.k8s.aws/cluster": own.name})
    balancer = elb.create_load_balancer(Name=f"{own.name}-left", Subnets=own.subnets, Scheme="internal", Tags=tags)["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elb.create_target_group(Name=f"{own.name}-left", Protocol="HTTP", Port=80, VpcId=own.vpc, Tags=tags)["TargetGroups"][0]["TargetGroupArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[balancer], WaiterConfig=PERIOD)
    return lambda: [
        elb.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"],
        elb.describe_target_groups(TargetGroupArns=[targets])["TargetGroups"],
        elb.describe_tags(ResourceArns=[balancer, targets])["TagDescriptions"],
    ]


def rule(own):
    events, name = own.client("events"), own.subjects["events.rule"]
    events.put_rule(Name=name, EventPattern='{"source": ["aws.health"]}', **_tags(own))
    events.put_targets(Rule=name, Targets=[{"Id": "theirs", "Arn": "arn:aws:sqs:us-west-2:123456789012:theirs"}])
    return lambda: [events.describe_rule(Name=name), events.list_targets_by_rule(Rule=name)["Targets"]]


def queue(own):
    sqs = own.client("sqs")
    url = sqs.create_queue(QueueName=own.subjects["sqs.queue"], tags=own.tags)["QueueUrl"]
    return lambda: [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"], sqs.list_queue_tags(QueueUrl=url).get("Tags")]


def role(own):
    name = own.subjects["iam.role"]
    own.role(name, "eks.amazonaws.com")
    own.iam.put_role_policy(RoleName=name, PolicyName="theirs", PolicyDocument=POLICY)
    return lambda: [own.iam.get_role(RoleName=name)["Role"], own.iam.list_role_policies(RoleName=name)["PolicyNames"]]


def key(own):
    kms, alias = own.client("kms"), f"alias/{own.subjects['kms.key']}"
    number = kms.create_key(Tags=listed(own.tags, "TagKey", "TagValue"))["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=alias, TargetKeyId=number)
    return lambda: [kms.describe_key(KeyId=alias)["KeyMetadata"], kms.list_resource_tags(KeyId=number)["Tags"], kms.get_key_rotation_status(KeyId=number)]


def log_group(own):
    return _group(own, own.subjects["logs.log_group"])


def group_leftovers(own):
    return _group(own, f"{own.subjects['logs.leftovers']}theirs")


def _group(own, name):
    logs = own.client("logs")
    logs.create_log_group(logGroupName=name, **({"tags": own.tags} if own.tags else {}))
    return lambda: [logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"], logs.list_tags_log_group(logGroupName=name)["tags"]]


def subnet_group(own):
    rds, name = own.client("rds"), own.subjects["rds.subnet_group"]
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="theirs", SubnetIds=own.subnets, Tags=listed(own.tags))
    return lambda: rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]


def parameter_group(own):
    rds, name = own.client("rds"), own.subjects["rds.parameter_group"]
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres17", Description="theirs", Tags=listed(own.tags))
    return lambda: rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"]


def instance(own):
    rds, name = own.client("rds"), own.subjects["rds.instance"]
    place = {"DBInstanceClass": "db.m6g.large", "Engine": "postgres", "AllocatedStorage": 20, "DBSubnetGroupName": own.subjects["rds.subnet_group"]}
    rds.create_db_instance(DBInstanceIdentifier=name, MasterUsername="theirs", MasterUserPassword="secret-of-theirs", **place, Tags=listed(own.tags))
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig=PERIOD)
    return lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]


def file_system(own):
    efs = own.client("efs")
    made = efs.create_file_system(CreationToken=own.subjects["efs.file_system"], Encrypted=True, Tags=listed(own.tags))["FileSystemId"]
    while efs.describe_file_systems(FileSystemId=made)["FileSystems"][0]["LifeCycleState"] != "available":
        time.sleep(0.02)
    target = efs.create_mount_target(FileSystemId=made, SubnetId=own.subnets[0])["MountTargetId"]
    while efs.describe_mount_targets(MountTargetId=target)["MountTargets"][0]["LifeCycleState"] != "available":
        time.sleep(0.02)
    efs.create_access_point(FileSystemId=made, ClientToken=own.name)
    return lambda: [
        efs.describe_file_systems(FileSystemId=made)["FileSystems"],
        efs.describe_mount_targets(FileSystemId=made)["MountTargets"],
        efs.describe_access_points(FileSystemId=made)["AccessPoints"],
    ]


def bucket(own):
    s3, name = own.client("s3"), own.subjects["s3.bucket"]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket=name, Key="theirs", Body=b"theirs")
    if own.tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": listed(own.tags)})
    return lambda: s3.list_object_versions(Bucket=name)["Versions"]


def secret(own):
    manager, name = own.client("secretsmanager"), own.subjects["secrets.secret"]
    manager.create_secret(Name=name, SecretString="theirs", Tags=listed(own.tags))
    return lambda: manager.describe_secret(SecretId=name)


def workspace(own):
    amp = own.client("amp")
    made = amp.create_workspace(alias=own.subjects["amp.workspace"], tags=own.tags)["workspaceId"]
    while amp.describe_workspace(workspaceId=made)["workspace"]["status"]["statusCode"] != "ACTIVE":
        time.sleep(0.02)
    return lambda: amp.describe_workspace(workspaceId=made)["workspace"]


def certificate(own):
    acm, name = own.client("acm"), own.subjects["acm.certificate"]
    tags = listed({"Name": name, **own.tags})
    made = acm.request_certificate(DomainName=f"airflow.{own.name}.example.com", ValidationMethod="DNS", Tags=tags)["CertificateArn"]
    return lambda: [acm.describe_certificate(CertificateArn=made)["Certificate"], acm.list_tags_for_certificate(CertificateArn=made)["Tags"]]


def alias(own):
    route53 = own.client("route53")
    zone = route53.create_hosted_zone(Name=f"{own.name}.example.com", CallerReference=own.name)["HostedZone"]["Id"]
    target = {"DNSName": "dualstack.internal-theirs-1.us-west-2.elb.amazonaws.com", "HostedZoneId": "Z1H1FL5HABSF5", "EvaluateTargetHealth": False}
    record = {"Name": f"airflow.{own.name}.example.com", "Type": "A", "AliasTarget": target}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]})
    return lambda: route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]


def _tags(own):
    return {"Tags": listed(own.tags)} if own.tags else {}


def budget(own):
    budgets, named = own.client("budgets"), {"AccountId": "123456789012", "BudgetName": own.subjects["budgets.budget"]}
    limit = {"BudgetLimit": {"Amount": "1.00", "Unit": "USD"}, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budgets.create_budget(AccountId=named["AccountId"], Budget={"BudgetName": named["BudgetName"], **limit}, ResourceTags=listed(own.tags))
    return lambda: budgets.describe_budget(**named)["Budget"]


TWINS = {
    "budgets.budget": budget,
    "ec2.vpc": vpc,
    "ec2.default_security_group": default_security_group,
    "ec2.internet_gateway": internet_gateway,
    "ec2.subnet": subnet,
    "ec2.elastic_ip": elastic_ip,
    "ec2.nat_gateway": nat_gateway,
    "ec2.route_table": route_table,
    "ec2.vpc_endpoint": vpc_endpoint,
    "ec2.security_group": security_group,
    "ec2.launch_template": launch_template,
    "ec2.leftovers": leftovers,
    "ec2.volumes": volumes,
    "ec2.karpenter": karpenter,
    "elbv2.load_balancer": load_balancer,
    "elbv2.leftovers": balancer_leftovers,
    "events.rule": rule,
    "sqs.queue": queue,
    "iam.role": role,
    "kms.key": key,
    "logs.log_group": log_group,
    "logs.leftovers": group_leftovers,
    "rds.subnet_group": subnet_group,
    "rds.parameter_group": parameter_group,
    "rds.instance": instance,
    "efs.file_system": file_system,
    "s3.bucket": bucket,
    "secrets.secret": secret,
    "amp.workspace": workspace,
    "acm.certificate": certificate,
    "route53.alias": alias,
    **CLUSTER_TWINS,
}
"""By kind, in the order in which they are made. What is made answers all there is to read of it."""
