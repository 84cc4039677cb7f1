"""Tags: AWS's own prefix, fifty for each thing, gone with it."""

import re

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import follows, refuses

CREATES = (
    "CreateVpc CreateSubnet CreateInternetGateway AllocateAddress CreateNatGateway CreateRouteTable CreateSecurityGroup "
    "CreateVpcEndpoint CreateNetworkInterface CreateVolume CreateSnapshot CreateLaunchTemplate RunInstances CreateFleet CreateKeyPair"
)
DELETES = (
    "DeleteVpc DeleteSubnet DeleteInternetGateway ReleaseAddress DeleteRouteTable DeleteSecurityGroup DeleteVpcEndpoints "
    "DeleteNetworkInterface DeleteVolume DeleteSnapshot DeleteLaunchTemplate DeleteNetworkAcl DeleteKeyPair"
)
ID = re.compile(r"[a-z]+-[0-9a-f]{8,17}")


@refuses("ec2", "CreateTags", *CREATES.split())
def check_tags(call: Call) -> None:
    for tags in [call.params.get("Tags") or [], *(spec.get("Tags") or [] for spec in call.params.get("TagSpecifications") or [])]:
        for tag in tags:
            if tag["Key"].lower().startswith("aws:"):
                message = "Tag keys starting with 'aws:' are reserved for internal use"
                raise AwsError("InvalidParameterValue", message)
            if len(tag["Key"]) > 127 or len(tag.get("Value") or "") > 255:
                raise AwsError("InvalidParameterValue", "Tag key exceeds the maximum length of 127 or value that of 255 characters")
        if len(tags) > 50:
            raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")


@follows("ec2", *DELETES.split())
def remove_tags(call: Call) -> None:
    for value in call.params.values():
        for number in value if isinstance(value, list) else [value]:
            if isinstance(number, str) and ID.fullmatch(number):
                ec2_of(call).tags.pop(number, None)
