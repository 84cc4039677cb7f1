"""What an organization denies: roles without their boundary, things without a tag."""

import pytest
from aws_world import World, refused, trust

BOUNDED = {
    "Effect": "Deny",
    "Action": ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
    "Resource": "*",
    "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}},
}
TAGGED = {"Effect": "Deny", "Action": "ec2:CreateVolume", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/cost-center": "true"}}}
ANYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@pytest.fixture
def world(aws):
    aws.ask("control-policies", [{"Version": "2012-10-17", "Statement": [BOUNDED, TAGGED]}])
    yield World(aws)
    aws.ask("control-policies", [])


def test_a_role_without_its_boundary(world):
    role = {"RoleName": f"{world.name}-role", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com")}
    with refused("AccessDenied", "iam:CreateRole with an explicit deny in a service control policy"):
        world.iam.create_role(**role)
    with refused("NoSuchEntity", "Scope ARN"):
        world.iam.create_role(**role, PermissionsBoundary="arn:aws:iam::123456789012:policy/boundary")
    boundary = world.iam.create_policy(PolicyName="boundary", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    world.iam.create_role(**role, PermissionsBoundary=boundary, Path="/teams/data/")
    world.iam.put_role_policy(RoleName=role["RoleName"], PolicyName="own", PolicyDocument=ANYTHING)
    found = world.iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    (now,) = [item for item in found if item["RoleName"] == role["RoleName"]]
    assert now["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary and now["Path"] == "/teams/data/"
    world.iam.delete_role_permissions_boundary(RoleName=role["RoleName"])
    with refused("AccessDenied", "iam:PutRolePolicy"):
        world.iam.put_role_policy(RoleName=role["RoleName"], PolicyName="own", PolicyDocument=ANYTHING)


def test_a_volume_without_its_tag(world):
    place = {"AvailabilityZone": "eu-west-1a", "Size": 1}
    with refused("UnauthorizedOperation", "service control policy"):
        world.ec2.create_volume(**place)
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "cost-center", "Value": "42"}]}]
    assert world.ec2.create_volume(**place, TagSpecifications=tags)["VolumeId"]
