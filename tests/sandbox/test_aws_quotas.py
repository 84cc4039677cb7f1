"""Service Quotas: told, and held."""

import pytest
from aws_world import World, refused, wait


@pytest.fixture
def world(aws):
    return World(aws)


@pytest.fixture
def quota(aws):
    """`quota(code, value)` sets one for the test."""
    yield lambda code, value: aws.ask("quotas", {code: value})
    aws.ask("quotas", {})


def test_quotas_are_told_and_defaults_beside_them(aws, quota):
    quotas = aws("service-quotas")
    vpcs, clusters = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}, {"ServiceCode": "eks", "QuotaCode": "L-1194D53C"}
    assert quotas.get_aws_default_service_quota(**vpcs)["Quota"]["Value"] == 5
    quota("L-F678F1CE", 7)
    assert quotas.get_service_quota(**vpcs)["Quota"]["Value"] == 7
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(**clusters)
    assert quotas.get_aws_default_service_quota(**clusters)["Quota"]["Value"] == 100


def test_networks_are_held_to_their_quotas(aws, world, quota):
    ec2 = world.ec2
    assert world.subnets
    quota("L-F678F1CE", len(ec2.describe_vpcs()["Vpcs"]))
    with refused("VpcLimitExceeded", "The maximum number of VPCs has been reached."):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    quota("L-A4707A72", 0)
    with refused("InternetGatewayLimitExceeded"):
        ec2.create_internet_gateway()
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    quota("L-0263D0A3", len(ec2.describe_addresses()["Addresses"]))
    with refused("AddressLimitExceeded", "The maximum number of addresses has been reached."):
        ec2.allocate_address(Domain="vpc")
    quota("L-FE5A380F", 0)
    with refused("NatGatewayLimitExceeded", "eu-west-1a"):
        ec2.create_nat_gateway(SubnetId=world.subnets[0], AllocationId=address)
    ec2.release_address(AllocationId=address)


def test_clusters_databases_and_load_balancers_are_held_to_their_quotas(aws, world, quota):
    quota("L-1194D53C", 0)
    with refused("ResourceLimitExceededException"):
        world.eks.create_cluster(**world.request())
    quota("L-7B6409FD", 0)
    with refused("InstanceQuotaExceeded"):
        request = {"Engine": "postgres", "DBInstanceClass": "db.m6g.large", "AllocatedStorage": 20}
        aws("rds").create_db_instance(DBInstanceIdentifier=world.name, MasterUsername="airflow", MasterUserPassword="long-enough", **request)
    quota("L-53DA6B97", 0)
    with refused("TooManyLoadBalancers"):
        aws("elbv2").create_load_balancer(Name=world.name, Subnets=world.subnets)


def test_instances_are_held_to_the_vcpus_of_their_bucket(aws, world, quota):
    start = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "SubnetId": world.subnets[0], "InstanceType": "m5.xlarge"}
    quota("L-1216C47A", 3)
    with refused("VcpuLimitExceeded", "your current vCPU limit of 3 allows for the instance bucket"):
        world.ec2.run_instances(**start)
    quota("L-34B43A08", 3)
    with refused("MaxSpotInstanceCountExceeded"):
        world.ec2.run_instances(InstanceMarketOptions={"MarketType": "spot"}, **start)


def test_a_node_group_that_gets_no_instances_fails_and_says_why(aws, world, quota):
    quota("L-1216C47A", 1)
    world.nodegroup()
    wait(lambda: world.nodegroup_status() == "CREATE_FAILED")
    (issue,) = world.eks.describe_nodegroup(clusterName=world.cluster, nodegroupName="core")["nodegroup"]["health"]["issues"]
    assert issue["code"] == "AsgInstanceLaunchFailures" and "VcpuLimitExceeded" in issue["message"]
    world.eks.delete_nodegroup(clusterName=world.cluster, nodegroupName="core")
