"""Tags of clusters and of what they have."""

from sandbox.aws.call import Call
from sandbox.aws.eks.backend import backend_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers, refuses

LIMIT = 50


@refuses("eks", "CreateCluster", "CreateNodegroup", "CreateAddon", "CreateAccessEntry", "CreatePodIdentityAssociation", "TagResource")
def check_tags(call: Call) -> None:
    tags = call.params.get("tags") or {}
    if any(key.lower().startswith("aws:") for key in tags):
        code = "BadRequestException" if call.action == "TagResource" else "InvalidParameterException"
        raise AwsError(code, "Tag keys cannot start with the reserved prefix aws:", status=400)
    if len(tags) > LIMIT:
        raise AwsError("InvalidParameterException", f"The number of tags exceeds the limit of {LIMIT}", status=400)


@answers("eks", "TagResource")
def tag_resource(call: Call) -> dict:
    tags = backend_of(call).find_arn(call.params["resourceArn"]).get("tags") or {}
    if len(tags | call.params["tags"]) > LIMIT:
        raise AwsError("BadRequestException", f"The number of tags exceeds the limit of {LIMIT}", status=400)
    backend_of(call).tag_resource(call.params["resourceArn"], call.params["tags"])
    return {}


@answers("eks", "UntagResource")
def untag_resource(call: Call) -> dict:
    backend_of(call).untag_resource(call.params["resourceArn"], call.params["tagKeys"])
    return {}


@answers("eks", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict:
    return {"tags": backend_of(call).find_arn(call.params["resourceArn"]).get("tags") or {}}


@answers("eks", "ListFargateProfiles")
def list_fargate_profiles(call: Call) -> dict:
    return {"fargateProfileNames": []}


@answers("eks", "ListIdentityProviderConfigs")
def list_identity_provider_configs(call: Call) -> dict:
    return {"identityProviderConfigs": []}


@answers("eks", "ListCapabilities")
def list_capabilities(call: Call) -> dict:
    return {"capabilities": []}
