"""EFS, S3, IAM, Secrets Manager, KMS, Systems Manager, Logs, SQS, load balancers, Prometheus: states and refusals."""

import json

import pytest
from aws_world import World, at_aws_pace, refused, trust, wait


@pytest.fixture
def world(aws):
    return World(aws)


def test_efs(world):
    efs = world.aws("efs")
    made = efs.create_file_system(CreationToken=world.name, Encrypted=True)
    number = made["FileSystemId"]
    assert made["LifeCycleState"] == "creating"
    with refused("FileSystemAlreadyExists"):
        efs.create_file_system(CreationToken=world.name, Encrypted=True)
    wait(lambda: efs.describe_file_systems(FileSystemId=number)["FileSystems"][0]["LifeCycleState"] == "available")
    group = world.group()
    request = {"FileSystemId": number, "SubnetId": world.subnets[0], "SecurityGroups": [group]}
    target = efs.create_mount_target(**request)["MountTargetId"]
    with refused("MountTargetConflict"):
        efs.create_mount_target(**request)
    state = lambda: efs.describe_mount_targets(FileSystemId=number)["MountTargets"][0]["LifeCycleState"]  # noqa: E731
    assert state() == "creating"
    wait(lambda: state() == "available")
    with refused("FileSystemInUse"):
        efs.delete_file_system(FileSystemId=number)
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=group)
    with at_aws_pace(world):
        efs.delete_mount_target(MountTargetId=target)
        with refused("BadRequest", "deleting"):
            efs.delete_mount_target(MountTargetId=target)
        efs.delete_mount_target(MountTargetId=target)
        assert state() == "deleting"
    with refused("FileSystemInUse"):
        efs.delete_file_system(FileSystemId=number)
    wait(lambda: not efs.describe_mount_targets(FileSystemId=number)["MountTargets"])
    with at_aws_pace(world):
        efs.delete_file_system(FileSystemId=number)
        with refused("BadRequest", "deleting"):
            efs.delete_file_system(FileSystemId=number)
        assert efs.describe_file_systems(FileSystemId=number)["FileSystems"][0]["LifeCycleState"] == "deleting"
    wait(lambda: number not in [one["FileSystemId"] for one in efs.describe_file_systems()["FileSystems"]])
    with refused("FileSystemNotFound"):
        efs.describe_file_systems(FileSystemId=number)
    world.ec2.delete_subnet(SubnetId=world.subnets[0])


def test_an_efs_file_system_is_not_usable_at_once(world):
    efs = world.aws("efs")
    with at_aws_pace(world):
        number = efs.create_file_system(CreationToken=world.name)["FileSystemId"]
        with refused("IncorrectFileSystemLifeCycleState"):
            efs.create_mount_target(FileSystemId=number, SubnetId=world.subnets[0])


def test_s3(world):
    s3 = world.aws("s3")
    here = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    for name in ("UPPER", "192.168.1.1", "a", "dots..dots", "ends-"):
        with refused("InvalidBucketName"):
            s3.create_bucket(Bucket=name, **here)
    with refused("IllegalLocationConstraintException"):
        s3.create_bucket(Bucket=world.name)
    s3.create_bucket(Bucket=world.name, **here)
    with refused("BucketAlreadyOwnedByYou"):
        s3.create_bucket(Bucket=world.name, **here)
    world.aws("s3", "us-east-1").create_bucket(Bucket=world.name + "-us")
    s3.put_bucket_versioning(Bucket=world.name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=world.name, Key="a/b", Body=b"x" * 100_000)
    assert s3.get_object(Bucket=world.name, Key="a/b")["Body"].read() == b"x" * 100_000
    with refused("BucketNotEmpty"):
        s3.delete_bucket(Bucket=world.name)
    s3.delete_object(Bucket=world.name, Key="a/b")
    with refused("BucketNotEmpty", "all versions"):
        s3.delete_bucket(Bucket=world.name)
    found = s3.list_object_versions(Bucket=world.name)
    doomed = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in found["Versions"] + found["DeleteMarkers"]]
    s3.delete_objects(Bucket=world.name, Delete={"Objects": doomed})
    s3.delete_bucket(Bucket=world.name)
    other = world.aws("s3", "us-east-1", **other_account(world))
    with refused("BucketAlreadyExists"):
        other.create_bucket(Bucket=world.name + "-us")


def other_account(world) -> dict:
    role = "arn:aws:iam::210987654321:role/anybody"
    found = world.aws("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def test_credentials(world):
    assert world.aws("sts").get_caller_identity()["Account"] == "123456789012"
    assert world.aws("sts", **other_account(world)).get_caller_identity()["Account"] == "210987654321"
    nobody = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    for service, call, code in (
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("eks", "list_clusters", "UnrecognizedClientException"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ):
        with refused(code):
            getattr(world.aws(service, **nobody), call)()
    with refused("AccessDenied", "sts:AssumeRole"):
        world.aws("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/none", RoleSessionName="test")


def test_iam(world):
    iam, name = world.iam, world.name
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    with refused("ValidationError"):
        iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{")
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    with refused("EntityAlreadyExists"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    with refused("DeleteConflict", "attached"):
        iam.delete_policy(PolicyArn=policy)
    with refused("DeleteConflict", "instance profile"):
        iam.delete_role(RoleName=name)
    with refused("DeleteConflict"):
        iam.delete_instance_profile(InstanceProfileName=name)
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
    with refused("DeleteConflict", "detach"):
        iam.delete_role(RoleName=name)
    iam.detach_role_policy(RoleName=name, PolicyArn=policy)
    with refused("DeleteConflict", "delete policies first"):
        iam.delete_role(RoleName=name)
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    iam.delete_instance_profile(InstanceProfileName=name)
    iam.delete_policy(PolicyArn=policy)
    with refused("NoSuchEntity"):
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


def test_secrets(world):
    secrets, name = world.aws("secretsmanager"), world.name
    secrets.create_secret(Name=name, SecretString="one")
    with refused("ResourceExistsException"):
        secrets.create_secret(Name=name, SecretString="two")
    with refused("InvalidParameterException"):
        secrets.delete_secret(SecretId=name, RecoveryWindowInDays=3)
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    with refused("InvalidRequestException", "scheduled for deletion"):
        secrets.create_secret(Name=name, SecretString="two")
    with refused("InvalidRequestException", "marked for deletion"):
        secrets.get_secret_value(SecretId=name)
    secrets.restore_secret(SecretId=name)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "one"
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    with refused("ResourceNotFoundException"):
        secrets.get_secret_value(SecretId=name)


def test_kms(world):
    kms = world.aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/x", TargetKeyId=key)
    kms.create_alias(AliasName=f"alias/{world.name}", TargetKeyId=key)
    with refused("AlreadyExistsException"):
        kms.create_alias(AliasName=f"alias/{world.name}", TargetKeyId=key)
    with refused("ValidationException"):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=3)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    with refused("KMSInvalidStateException"):
        kms.enable_key_rotation(KeyId=key)
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_parameters(world):
    ssm, name = world.aws("ssm"), f"/airflow-on-eks/{world.name}/lock"
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name=name)
    tags = [{"Key": "airflow-on-eks/deployment", "Value": world.name}]
    assert ssm.put_parameter(Name=name, Value="one", Type="String", Tags=tags)["Version"] == 1
    with refused("ParameterAlreadyExists"):
        ssm.put_parameter(Name=name, Value="two", Type="String")
    with refused("ValidationException", "tags and overwrite can't be used together"):
        ssm.put_parameter(Name=name, Value="two", Type="String", Tags=tags, Overwrite=True)
    assert ssm.put_parameter(Name=name, Value="two", Type="String", Overwrite=True)["Version"] == 2
    assert [ssm.get_parameter(Name=found)["Parameter"]["Value"] for found in (name, f"{name}:1", f"{name}:2")] == ["two", "one", "two"]
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name=f"{name}:3")
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"] == tags
    with refused("ValidationException"):
        ssm.put_parameter(Name="/aws/x", Value="two", Type="String")
    with refused("ValidationException"):
        ssm.put_parameter(Name=name + "2", Value="x" * 5000, Type="String")
    ssm.delete_parameter(Name=name)
    with refused("ParameterNotFound"):
        ssm.delete_parameter(Name=name)
    assert ssm.put_parameter(Name=name, Value="three", Type="String", Overwrite=True)["Version"] == 1, "its versions begin anew"
    ssm.delete_parameter(Name=name)


def test_log_groups(world):
    logs = world.aws("logs")
    logs.create_log_group(logGroupName=world.name)
    with refused("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName=world.name)
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName=world.name, retentionInDays=2)
    logs.delete_log_group(logGroupName=world.name)
    with refused("ResourceNotFoundException"):
        logs.delete_log_group(logGroupName=world.name)


def test_queues(world):
    sqs = world.aws("sqs")
    url = sqs.create_queue(QueueName=world.name, Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    assert sqs.create_queue(QueueName=world.name)["QueueUrl"] == url
    with refused("QueueAlreadyExists"):
        sqs.create_queue(QueueName=world.name, Attributes={"VisibilityTimeout": "60"})
    sqs.delete_queue(QueueUrl=url)


def test_rules_with_targets_stay(world):
    events = world.aws("events")
    events.put_rule(Name=world.name, EventPattern='{"source": ["aws.ec2"]}')
    events.put_targets(Rule=world.name, Targets=[{"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:123456789012:q"}])
    with refused("ValidationException", "targets"):
        events.delete_rule(Name=world.name)
    events.remove_targets(Rule=world.name, Ids=["1"])
    events.delete_rule(Name=world.name)


def test_load_balancers(world):
    elb = world.aws("elbv2")
    group = world.group()
    made = elb.create_load_balancer(Name=world.name, Subnets=world.subnets, SecurityGroups=[group])["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    assert made["State"]["Code"] == "provisioning"
    wait(lambda: elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"] == "active")
    target = elb.create_target_group(Name=world.name, Protocol="HTTP", Port=80, VpcId=world.vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    with refused("ResourceInUse"):
        elb.delete_target_group(TargetGroupArn=target)
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    elb.delete_load_balancer(LoadBalancerArn=arn)
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=group)
    elb.delete_target_group(TargetGroupArn=target)

    def free():
        try:
            return world.ec2.delete_security_group(GroupId=group)
        except world.ec2.exceptions.ClientError:
            return None

    wait(free)


def test_prometheus_workspaces(world):
    amp = world.aws("amp")
    with at_aws_pace(world):
        made = amp.create_workspace(alias=world.name, clientToken=world.name)
        assert made["status"]["statusCode"] == "CREATING"
        assert amp.create_workspace(alias=world.name, clientToken=world.name)["workspaceId"] == made["workspaceId"]
    describe = lambda: amp.describe_workspace(workspaceId=made["workspaceId"])["workspace"]["status"]["statusCode"]  # noqa: E731
    wait(lambda: describe() == "ACTIVE")
    with at_aws_pace(world):
        amp.delete_workspace(workspaceId=made["workspaceId"])
        assert describe() == "DELETING"
        with refused("ConflictException"):
            amp.delete_workspace(workspaceId=made["workspaceId"])
    wait(lambda: not amp.list_workspaces(alias=world.name)["workspaces"])


@pytest.mark.parametrize("tag", [{"Key": "team", "Value": "a,b"}, {"Key": "a*", "Value": ""}, {"Key": "team", "Value": "a\tb"}], ids=str)
def test_tags_that_iam_does_not_take(world, tag):
    with refused("ValidationError", "regular expression pattern"):
        world.aws("iam").create_role(RoleName="somebody", AssumeRolePolicyDocument=trust("eks.amazonaws.com"), Tags=[tag])
