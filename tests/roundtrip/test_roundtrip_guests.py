"""What others have in our cluster and in our VPC when it is removed."""

import pytest
import stories

from settings.defaults import defaults

SMALL = {name: False for name in defaults() if name.startswith("enable_") and name != "enable_aws_load_balancer_controller"}


@pytest.mark.slow
def test_guests_go_once_confirmed_and_what_keeps_the_vpc_is_named(box):
    held = {thing["id"] for thing in box.things()}
    box.done("install", **SMALL)
    stories.guests_live(box)
    endpoint = stories.endpoints_made(box)
    kinds = [thing["type"] for thing in box.things() if thing["service"].startswith("elb")]
    assert kinds.count("loadbalancer") == 4, "our own, and one for each of theirs"

    refused = box.run("install", **SMALL, enable_aws_load_balancer_controller=False)
    assert refused.code != 0 and refused.writes == []
    assert "they would lose: guests in namespace team-guests (TargetGroupBinding), guests in namespace team-guests (Ingress)" in refused.output

    refused = box.run("cleanup", **SMALL)
    assert refused.code != 0 and refused.writes == []
    assert "guests in namespace team-guests (StatefulSet, PersistentVolumeClaim, Ingress, Service ×2)" in refused.output
    assert "add --data confirm=airflow-sandbox" in refused.output
    assert "guests in namespace team-guests (TargetGroupBinding)" in refused.output

    named = box.run("cleanup", confirm="airflow-sandbox", **SMALL)
    assert named.code != 0 and "Traceback" not in named.output
    said = f"VPC endpoint {endpoint} (com.amazonaws.us-west-2.execute-api; team=theirs): aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {endpoint} --region"
    assert said in named.output
    assert "guardduty" not in str(box.client("ec2").describe_vpc_endpoints())
    assert not [thing for thing in box.things() if thing["service"].startswith("elb") and thing["id"] not in held]

    box.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    box.done("cleanup", **SMALL)
    assert [thing for thing in box.left() if thing["id"] not in held] == []
