"""EKS's access policies, and their association with access entries."""

from sandbox.aws.call import Call
from sandbox.aws.eks.access_entries import find_entry, require_api_mode
from sandbox.aws.eks.backend import cluster_of
from sandbox.aws.eks.errors import invalid_parameter, invalid_request, not_found
from sandbox.aws.eks.policies import PREFIX, policies
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers


@answers("eks", "ListAccessPolicies")
def list_access_policies(call: Call) -> dict:
    known, token = page(call, [{"name": name, "arn": PREFIX + name} for name in policies])
    return {"accessPolicies": known, "nextToken": token}


@answers("eks", "AssociateAccessPolicy")
def associate_access_policy(call: Call) -> dict:
    cluster = cluster_of(call)
    require_api_mode(cluster)
    entry = find_entry(cluster, call.params["principalArn"])
    arn, scope = call.params["policyArn"], call.params["accessScope"]
    if arn.removeprefix(PREFIX) not in policies:
        raise invalid_parameter("The policyArn parameter format is not valid", clusterName=cluster.name)
    if entry["type"] != "STANDARD":
        raise invalid_request(f"Access policies cannot be associated with access entries of type {entry['type']}")
    if (scope.get("type") == "namespace") != bool(scope.get("namespaces")):
        raise invalid_parameter("Namespaces must be given with the namespace scope, and only with it", clusterName=cluster.name)
    associated = cluster.access_policies.setdefault(entry["principalArn"], {})
    made = associated[arn]["associatedAt"] if arn in associated else now()
    scope = {"type": scope["type"], "namespaces": scope.get("namespaces") or []}
    associated[arn] = {"policyArn": arn, "accessScope": scope, "associatedAt": made, "modifiedAt": now()}
    return {"clusterName": cluster.name, "principalArn": entry["principalArn"], "associatedAccessPolicy": associated[arn]}


@answers("eks", "DisassociateAccessPolicy")
def disassociate_access_policy(call: Call) -> dict:
    cluster = cluster_of(call)
    entry = find_entry(cluster, call.params["principalArn"])
    associated = cluster.access_policies.get(entry["principalArn"], {})
    if call.params["policyArn"] not in associated:
        raise not_found("The specified policyArn is not associated with the access entry.", clusterName=cluster.name)
    del associated[call.params["policyArn"]]
    return {}


@answers("eks", "ListAssociatedAccessPolicies")
def list_associated_access_policies(call: Call) -> dict:
    cluster = cluster_of(call)
    entry = find_entry(cluster, call.params["principalArn"])
    associated, token = page(call, list(cluster.access_policies.get(entry["principalArn"], {}).values()))
    return {
        "clusterName": cluster.name,
        "principalArn": entry["principalArn"],
        "associatedAccessPolicies": associated,
        "nextToken": token,
    }
