"""Each region's zones, what is offered in them, and what is refused in the others."""

import pytest
from aws_world import World, refused

TOKYO = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]


class Elsewhere(World):
    """A network in the named zones of a region."""

    def __init__(self, aws, region, *zones):
        super().__init__(lambda service: aws(service, region))
        self.zones = zones

    @property
    def subnets(self):
        place = [{"CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": zone} for number, zone in enumerate(self.zones)]
        found = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["Subnets"]
        return [subnet["SubnetId"] for subnet in found] or [self.ec2.create_subnet(VpcId=self.vpc, **one)["Subnet"]["SubnetId"] for one in place]


def test_the_zones_of_a_region(aws):
    ec2 = aws("ec2", "ap-northeast-1")
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones] == TOKYO
    assert {(zone["State"], zone["ZoneType"], zone["OptInStatus"]) for zone in zones} == {("available", "availability-zone", "opt-in-not-required")}
    ids = {zone["ZoneName"]: zone["ZoneId"] for zone in aws("ec2", "us-east-1").describe_availability_zones()["AvailabilityZones"]}
    assert ids["us-east-1e"] == "use1-az3"
    with refused("InvalidParameterValue", "Invalid availability zone: [ap-northeast-1b]"):
        ec2.describe_availability_zones(ZoneNames=["ap-northeast-1b"])


def test_local_zones_are_shown_where_the_account_opted_in(aws):
    ec2 = aws("ec2", "us-west-2")
    local = [{"Name": "zone-type", "Values": ["local-zone"]}]
    names = lambda **more: [zone["ZoneName"] for zone in ec2.describe_availability_zones(Filters=local, **more)["AvailabilityZones"]]  # noqa: E731
    assert names() == ["us-west-2-lax-1a"]
    assert names(AllAvailabilityZones=True) == ["us-west-2-lax-1a", "us-west-2-lax-1b"]


def test_a_subnet_in_a_zone_that_is_not_there(aws):
    tokyo = Elsewhere(aws, "ap-northeast-1", "ap-northeast-1b")
    with refused("InvalidParameterValue", "can currently only be created in the following availability zones: ap-northeast-1a, ap-northeast-1c"):
        assert tokyo.subnets


def test_a_cluster_in_a_zone_eks_does_not_take(aws):
    virginia = Elsewhere(aws, "us-east-1", "us-east-1a", "us-east-1e")
    with refused("UnsupportedAvailabilityZoneException", "because us-east-1e, the targeted availability zone"):
        virginia.eks.create_cluster(**virginia.request())
    with pytest.raises(virginia.eks.exceptions.UnsupportedAvailabilityZoneException) as caught:
        virginia.eks.create_cluster(**virginia.request())
    assert caught.value.response["validZones"] == [f"us-east-1{letter}" for letter in "abcdf"]


def test_a_cluster_stays_in_the_zones_it_was_made_in(aws):
    world = World(aws)
    third = world.ec2.create_subnet(VpcId=world.vpc, CidrBlock="10.0.9.0/24", AvailabilityZone="eu-west-1c")["Subnet"]["SubnetId"]
    for subnets in ([*world.subnets, third], [world.subnets[0], third]):
        with refused("InvalidParameterException", "exact set of AZs 'eu-west-1a,eu-west-1b'"):
            world.eks.update_cluster_config(name=world.cluster, resourcesVpcConfig={"subnetIds": subnets})


def test_types_a_zone_does_not_offer(aws):
    virginia = Elsewhere(aws, "us-east-1", "us-east-1a", "us-east-1e")
    start = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1}
    with refused("Unsupported", "(m5.xlarge) is not supported in your requested Availability Zone (us-east-1e)"):
        virginia.ec2.run_instances(InstanceType="m5.xlarge", SubnetId=virginia.subnets[1], **start)
    with refused("Unsupported", "The requested configuration is currently not supported"):
        aws("ec2", "ca-west-1").run_instances(InstanceType="c5d.xlarge", **start)
    template = virginia.ec2.create_launch_template(LaunchTemplateName=virginia.name, LaunchTemplateData={"ImageId": "ami-12c6146b"})
    number = template["LaunchTemplate"]["LaunchTemplateId"]
    overrides = [{"InstanceType": "c5d.xlarge", "SubnetId": virginia.subnets[1]}]
    fleet = virginia.ec2.create_fleet(
        Type="instant",
        LaunchTemplateConfigs=[{"LaunchTemplateSpecification": {"LaunchTemplateId": number, "Version": "$Latest"}, "Overrides": overrides}],
        TargetCapacitySpecification={"TotalTargetCapacity": 1, "DefaultTargetCapacityType": "spot"},
    )
    assert fleet["Instances"] == [] and [error["ErrorCode"] for error in fleet["Errors"]] == ["InvalidFleetConfiguration"]


def test_a_node_group_of_types_that_are_not_offered(aws):
    world = World(aws)
    with refused("InvalidParameterException", "The following supplied instance types do not exist: [m99.xlarge]"):
        world.nodegroup(instanceTypes=["m5.xlarge", "m99.xlarge"])
    virginia = Elsewhere(aws, "us-east-1", "us-east-1a", "us-east-1b", "us-east-1e")
    request = virginia.request(resourcesVpcConfig={"subnetIds": virginia.subnets[:2]})
    virginia.eks.create_cluster(**request)
    virginia.eks.get_waiter("cluster_active").wait(name=virginia.name, WaiterConfig={"Delay": 1})
    with refused("InvalidRequestException", "(m5.xlarge) is not supported in your requested Availability Zone (us-east-1e)"):
        virginia.eks.create_nodegroup(
            clusterName=virginia.name, nodegroupName="core", nodeRole=virginia.node_role, subnets=virginia.subnets, instanceTypes=["m5.xlarge"]
        )


def test_database_classes_that_are_not_offered(aws):
    rds, asked = aws("rds", "us-east-1"), {"Engine": "postgres", "DBInstanceClass": "db.m6g.large"}
    options = rds.describe_orderable_db_instance_options(**asked)["OrderableDBInstanceOptions"]
    assert {zone["Name"] for option in options for zone in option["AvailabilityZones"]} == {f"us-east-1{letter}" for letter in "abcdf"}
    calgary = aws("rds", "ca-west-1")
    asked["DBInstanceClass"] = "db.m7g.large"
    assert calgary.describe_orderable_db_instance_options(**asked)["OrderableDBInstanceOptions"] == []
    request = {**asked, "AllocatedStorage": 20, "MasterUsername": "airflow", "MasterUserPassword": "long-enough"}
    with refused("InvalidParameterCombination", "RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.m7g.large"):
        calgary.create_db_instance(DBInstanceIdentifier="one", **request)
    virginia = Elsewhere(aws, "us-east-1", "us-east-1a", "us-east-1e")
    rds.create_db_subnet_group(DBSubnetGroupName=virginia.name, DBSubnetGroupDescription="test", SubnetIds=virginia.subnets)
    request |= {"DBInstanceClass": "db.m6g.large", "DBSubnetGroupName": virginia.name}
    with refused("InsufficientDBInstanceCapacity", "no availability zones with sufficient capacity for VPC"):
        rds.create_db_instance(DBInstanceIdentifier=virginia.name, MultiAZ=True, **request)
    rds.create_db_instance(DBInstanceIdentifier=virginia.name, **request)
