"""EC2: what depends on what, and what takes time."""

import ipaddress

import pytest
from aws_world import World, at_aws_pace, refused, wait


@pytest.fixture
def world(aws):
    return World(aws)


def test_a_vpc_goes_when_nothing_is_left_in_it(world):
    ec2, vpc = world.ec2, world.vpc
    assert world.subnets
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=world.subnets[0])["AssociationId"]
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=table)
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    with refused("Resource.AlreadyAssociated"):
        ec2.associate_route_table(RouteTableId=other, SubnetId=world.subnets[0])
    ec2.disassociate_route_table(AssociationId=association)
    for number in (table, other):
        ec2.delete_route_table(RouteTableId=number)
    for subnet in world.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_internet_gateway(InternetGatewayId=world.gateway)
    ec2.detach_internet_gateway(InternetGatewayId=world.gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=world.gateway)
    group = world.group()
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    assert not ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    assert not ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    assert not ec2.describe_route_tables(Filters=filters)["RouteTables"]


def test_main_route_table_and_default_group_stay(world):
    filters = [{"Name": "vpc-id", "Values": [world.vpc]}]
    table = world.ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    group = world.ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]
    with refused("DependencyViolation"):
        world.ec2.delete_route_table(RouteTableId=table)
    with refused("CannotDelete"):
        world.ec2.delete_security_group(GroupId=group)


def test_a_nat_gateway_takes_its_time(world):
    ec2 = world.ec2
    with refused("MissingParameter", "AllocationId"):
        ec2.create_nat_gateway(SubnetId=world.subnets[0])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=world.subnets[0], AllocationId=address, ClientToken=world.name)["NatGateway"]
    again = ec2.create_nat_gateway(SubnetId=world.subnets[0], AllocationId=address, ClientToken=world.name)["NatGateway"]
    number = made["NatGatewayId"]
    assert made["State"] == "pending" and again["NatGatewayId"] == number
    describe = lambda: ec2.describe_nat_gateways(NatGatewayIds=[number])["NatGateways"][0]  # noqa: E731
    wait(lambda: describe()["State"] == "available")
    interface = describe()["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    private = describe()["NatGatewayAddresses"][0]["PrivateIp"]
    assert ipaddress.ip_address(private) in ipaddress.ip_network("10.0.0.0/24")
    with refused("InvalidParameterValue", "in use"):
        ec2.delete_network_interface(NetworkInterfaceId=interface)
    with refused("InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=address)
    with refused("AuthFailure"):
        ec2.disassociate_address(AssociationId=describe()["NatGatewayAddresses"][0]["AssociationId"])
    with refused("DependencyViolation", "mapped public address"):
        ec2.detach_internet_gateway(InternetGatewayId=world.gateway, VpcId=world.vpc)
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=world.subnets[0])
    second = ec2.create_nat_gateway(SubnetId=world.subnets[1], AllocationId=address)["NatGateway"]["NatGatewayId"]
    failed = lambda: ec2.describe_nat_gateways(NatGatewayIds=[second])["NatGateways"][0]  # noqa: E731
    wait(lambda: failed()["State"] == "failed")
    assert failed()["FailureCode"] == "Resource.AlreadyAssociated"
    table = ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=number)
    with at_aws_pace(world):
        ec2.delete_nat_gateway(NatGatewayId=number)
        with refused("IncorrectState"):
            ec2.delete_nat_gateway(NatGatewayId=number)
        ec2.delete_nat_gateway(NatGatewayId=number)
        assert describe()["State"] == "deleting"
    wait(lambda: describe()["State"] == "deleted")
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [route["State"] for route in routes if route.get("NatGatewayId")] == ["blackhole"]
    ec2.release_address(AllocationId=address)
    with refused("InvalidNetworkInterfaceID.NotFound"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    with refused("NatGatewayNotFound"):
        ec2.delete_nat_gateway(NatGatewayId="nat-00000000000000000")


def test_subnet_ranges(world):
    for cidr, code in (("10.9.0.0/24", "InvalidSubnet.Range"), ("10.0.0.0/29", "InvalidSubnet.Range"), ("nonsense", "InvalidParameterValue")):
        with refused(code):
            world.ec2.create_subnet(VpcId=world.vpc, CidrBlock=cidr)
    world.ec2.create_subnet(VpcId=world.vpc, CidrBlock="10.0.0.0/24")
    with refused("InvalidSubnet.Conflict"):
        world.ec2.create_subnet(VpcId=world.vpc, CidrBlock="10.0.0.128/25")
    with refused("InvalidVpc.Range"):
        world.ec2.create_vpc(CidrBlock="10.0.0.0/8")


def test_secondary_ranges(world):
    for cidr in ("10.0.128.0/17", "172.16.0.0/16", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"):
        with refused("InvalidVpc.Range"):
            world.ec2.associate_vpc_cidr_block(VpcId=world.vpc, CidrBlock=cidr)
    made = world.ec2.associate_vpc_cidr_block(VpcId=world.vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]
    subnet = world.ec2.create_subnet(VpcId=world.vpc, CidrBlock="100.64.0.0/18")["Subnet"]["SubnetId"]
    with refused("InvalidCidrBlock.InUse"):
        world.ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])
    world.ec2.delete_subnet(SubnetId=subnet)
    world.ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])


def test_security_groups_that_name_each_other(world):
    one, two = world.group("one"), world.group("two")
    with refused("InvalidGroup.Duplicate"):
        world.group("one")
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": one}]}
    world.ec2.authorize_security_group_ingress(GroupId=two, IpPermissions=[permission])
    with refused("InvalidPermission.Duplicate"):
        world.ec2.authorize_security_group_ingress(GroupId=two, IpPermissions=[permission])
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=one)
    interface = world.ec2.create_network_interface(SubnetId=world.subnets[0], Groups=[two])["NetworkInterface"]["NetworkInterfaceId"]
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=two)
    world.ec2.delete_network_interface(NetworkInterfaceId=interface)
    world.ec2.delete_security_group(GroupId=two)
    world.ec2.delete_security_group(GroupId=one)


def test_tags(world):
    with refused("InvalidParameterValue", "reserved"):
        world.ec2.create_tags(Resources=[world.vpc], Tags=[{"Key": "aws:x", "Value": "y"}])
    with refused("TagLimitExceeded"):
        world.ec2.create_tags(Resources=[world.vpc], Tags=[{"Key": f"k{n}", "Value": ""} for n in range(51)])
    spec = [{"ResourceType": "vpc", "Tags": [{"Key": "aws:x", "Value": "y"}]}]
    with refused("InvalidParameterValue", "reserved"):
        world.ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=spec)


def test_an_instance_keeps_its_subnet_until_it_is_terminated(world):
    launched = world.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=world.subnets[0])["Instances"][0]
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    changed = world.ec2.terminate_instances(InstanceIds=[launched["InstanceId"]])["TerminatingInstances"][0]
    assert (changed["PreviousState"]["Name"], changed["CurrentState"]["Name"]) == ("running", "shutting-down")
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    world.ec2.get_waiter("instance_terminated").wait(InstanceIds=[launched["InstanceId"]], WaiterConfig={"Delay": 1})
    world.ec2.delete_subnet(SubnetId=world.subnets[0])


def test_volumes_in_use_stay(world):
    launched = world.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=world.subnets[0])["Instances"][0]
    volume = world.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    world.ec2.attach_volume(VolumeId=volume, InstanceId=launched["InstanceId"], Device="/dev/sdf")
    with refused("VolumeInUse"):
        world.ec2.delete_volume(VolumeId=volume)


def test_a_launch_templates_own_tags_are_not_its_data(world):
    spec = [{"ResourceType": "launch-template", "Tags": [{"Key": "own", "Value": "1"}]}]
    data = {"MetadataOptions": {"HttpTokens": "required"}, "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]}
    made = world.ec2.create_launch_template(LaunchTemplateName=world.name, LaunchTemplateData=data, TagSpecifications=spec)["LaunchTemplate"]
    versions = world.ec2.describe_launch_template_versions(LaunchTemplateId=made["LaunchTemplateId"])["LaunchTemplateVersions"]
    assert versions[0]["LaunchTemplateData"] == data
    with refused("InvalidLaunchTemplateName.AlreadyExistsException"):
        world.ec2.create_launch_template(LaunchTemplateName=world.name, LaunchTemplateData=data)


def test_endpoints(world):
    table = world.ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    request = {"VpcId": world.vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "RouteTableIds": [table], "VpcEndpointType": "Gateway"}
    made = world.ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"]
    with refused("RouteAlreadyExists"):
        world.ec2.create_vpc_endpoint(**request)
    with refused("DependencyViolation"):
        world.ec2.delete_vpc(VpcId=world.vpc)
    listed = lambda: world.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [world.vpc]}])["VpcEndpoints"]  # noqa: E731
    with at_aws_pace(world):
        assert world.ec2.delete_vpc_endpoints(VpcEndpointIds=[made]).get("Unsuccessful", []) == []
        assert [endpoint["State"] for endpoint in listed()] == ["deleting"]
        again = [world.ec2.delete_vpc_endpoints(VpcEndpointIds=[made]).get("Unsuccessful", []) for _ in range(2)]
        assert [[told["Error"]["Code"] for told in answer] for answer in again] == [["IncorrectState"], []], "AWS does not tell: the sandbox gives either"
    wait(lambda: not listed())
    (gone,) = world.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])["Unsuccessful"]
    assert gone["ResourceId"] == made and gone["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"


def test_an_endpoint_goes_though_its_route_table_has_gone_before(world):
    table = world.ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    request = {"VpcId": world.vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "RouteTableIds": [table], "VpcEndpointType": "Gateway"}
    made = world.ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"]
    with at_aws_pace(world):
        world.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
        world.ec2.delete_route_table(RouteTableId=table)
    wait(lambda: not world.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [world.vpc]}])["VpcEndpoints"])


def test_a_classic_load_balancer_keeps_its_subnet_and_its_group_a_little_longer_than_itself(world):
    elb, group = world.aws("elb"), world.group()
    listener = {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 30080}
    elb.create_load_balancer(LoadBalancerName=world.name, Listeners=[listener], Subnets=world.subnets[:1], SecurityGroups=[group])
    (described,) = elb.describe_load_balancers(LoadBalancerNames=[world.name])["LoadBalancerDescriptions"]
    assert described["VPCId"] == world.vpc
    assert all(found["LoadBalancerName"] != world.name for found in world.aws("elbv2").describe_load_balancers()["LoadBalancers"])
    elb.add_tags(LoadBalancerNames=[world.name], Tags=[{"Key": "kubernetes.io/cluster/t", "Value": "owned"}])
    assert elb.describe_tags(LoadBalancerNames=[world.name])["TagDescriptions"][0]["Tags"] == [{"Key": "kubernetes.io/cluster/t", "Value": "owned"}]
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=group)
    elb.delete_load_balancer(LoadBalancerName=world.name)
    elb.delete_load_balancer(LoadBalancerName=world.name)
    with refused("LoadBalancerNotFound"):
        elb.describe_tags(LoadBalancerNames=[world.name])
    wait(lambda: not world.ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": [f"ELB {world.name}"]}])["NetworkInterfaces"])
    world.ec2.delete_security_group(GroupId=group)


def test_an_endpoint_uses_its_groups(world):
    group = world.group()
    given = {"VpcId": world.vpc, "VpcEndpointType": "Interface", "SubnetIds": world.subnets[:1], "SecurityGroupIds": [group]}
    endpoint = world.ec2.create_vpc_endpoint(**given, ServiceName="com.amazonaws.eu-west-1.guardduty-data")["VpcEndpoint"]["VpcEndpointId"]
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=group)
    with refused("DependencyViolation"):
        world.ec2.delete_vpc(VpcId=world.vpc)
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    wait(lambda: not world.ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [group]}])["NetworkInterfaces"])
    world.ec2.delete_security_group(GroupId=group)
