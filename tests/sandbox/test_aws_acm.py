"""Certificate Manager: a certificate waits for its record, and stays while a listener uses it."""

import pytest
from aws_world import World, refused, wait


@pytest.fixture
def world(aws):
    return World(aws)


def test_a_certificate_is_issued_once_its_record_is_there(world):
    acm, route53 = world.aws("acm"), world.aws("route53")
    domain = f"{world.name}.example.com"
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    described = lambda: acm.describe_certificate(CertificateArn=arn)["Certificate"]  # noqa: E731
    assert described()["Status"] == "PENDING_VALIDATION"
    record = described()["DomainValidationOptions"][0]["ResourceRecord"]
    assert record["Name"].endswith(f".{domain}.") and record["Type"] == "CNAME"

    zone = route53.create_hosted_zone(Name="example.com", CallerReference=world.name)["HostedZone"]["Id"]

    def put(value):
        given = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": given}]})

    put("something.else.")
    assert described()["Status"] == "PENDING_VALIDATION"
    put(record["Value"])
    assert described()["Status"] == "PENDING_VALIDATION"
    wait(lambda: described()["Status"] == "ISSUED")


def test_a_certificate_in_use_is_kept(world):
    acm, elb = world.aws("acm"), world.aws("elbv2")
    arn = acm.request_certificate(DomainName=f"{world.name}.example.org", ValidationMethod="DNS")["CertificateArn"]
    balancer = elb.create_load_balancer(Name=world.name, Subnets=world.subnets, Scheme="internal")["LoadBalancers"][0]["LoadBalancerArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": arn}], DefaultActions=[answer])
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [balancer]
    with refused("ResourceInUseException"):
        acm.delete_certificate(CertificateArn=arn)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    acm.delete_certificate(CertificateArn=arn)
