"""S3 and Secrets Manager let the session of a role do what the role's policies say, and nothing else."""

import json

import boto3
import pytest
from aws_world import World, refused


@pytest.fixture(scope="module")
def session(aws):
    """A client of S3 as a role that may read below logs/ and write below logs/own/."""
    world = World(aws)
    arn = world.role("reader", "ec2.amazonaws.com")
    statements = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::logs-of-tests"},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::logs-of-tests/logs/*"},
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::logs-of-tests/logs/own/*"},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:*:secret:team/connections/*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    world.iam.put_role_policy(RoleName=arn.rpartition("/")[2], PolicyName="logs", PolicyDocument=document)
    everything = aws("s3")
    everything.create_bucket(Bucket="logs-of-tests", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("logs/a", "secrets/b"):
        everything.put_object(Bucket="logs-of-tests", Key=key, Body=b"x")
    given = aws("sts").assume_role(RoleArn=arn, RoleSessionName="one")["Credentials"]
    keys = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"], "aws_session_token": given["SessionToken"]}
    session = boto3.client("s3", endpoint_url=everything.meta.endpoint_url, region_name="eu-west-1", **keys)
    session.secrets = boto3.client("secretsmanager", endpoint_url=everything.meta.endpoint_url, region_name="eu-west-1", **keys)
    return session


def test_what_the_policies_allow(session):
    assert session.get_object(Bucket="logs-of-tests", Key="logs/a")["Body"].read() == b"x"
    assert session.head_object(Bucket="logs-of-tests", Key="logs/a")["ContentLength"] == 1
    assert len(session.list_objects_v2(Bucket="logs-of-tests")["Contents"]) >= 2
    session.put_object(Bucket="logs-of-tests", Key="logs/own/c", Body=b"y")


@pytest.mark.parametrize(
    "operation, given, action",
    [
        ("get_object", {"Key": "secrets/b"}, "s3:GetObject"),
        ("put_object", {"Key": "logs/a", "Body": b"z"}, "s3:PutObject"),
        ("delete_object", {"Key": "logs/own/c"}, "s3:DeleteObject"),
        ("create_multipart_upload", {"Key": "logs/a"}, "s3:PutObject"),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "logs/a"}]}}, "s3:DeleteObject"),
        ("delete_bucket", {}, "s3:DeleteBucket"),
    ],
)
def test_what_they_do_not_allow_is_refused(session, operation, given, action):
    with refused("AccessDenied", f"is not authorized to perform: {action} on resource: "):
        getattr(session, operation)(Bucket="logs-of-tests", **given)


def test_another_bucket_is_refused(session, aws):
    aws("s3").create_bucket(Bucket="others-of-tests", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with refused("AccessDenied", "s3:ListBucket"):
        session.list_objects_v2(Bucket="others-of-tests")


def test_only_the_secrets_that_the_policies_name_are_read(session, aws):
    for name in ("team/connections/x", "team/other"):
        aws("secretsmanager").create_secret(Name=name, SecretString="y")
    assert session.secrets.get_secret_value(SecretId="team/connections/x")["SecretString"] == "y"
    with refused("ResourceNotFoundException"):
        session.secrets.get_secret_value(SecretId="team/connections/none")
    for name in ("team/other", "another/none"):
        with refused("AccessDeniedException", "is not authorized to perform: secretsmanager:GetSecretValue on resource: "):
            session.secrets.get_secret_value(SecretId=name)
