"""Pod identity associations: which role the pods of a service account take."""

import random
import string
import uuid

from sandbox.aws.call import Call
from sandbox.aws.eks.backend import Cluster, Description, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_parameter, invalid_request, not_found
from sandbox.aws.eks.idempotency import idempotent
from sandbox.aws.eks.roles import require_role
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

SERVICE = "pods.eks.amazonaws.com"
SUMMARY = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")


def associate(call: Call, cluster: Cluster, given: dict, owner: str | None = None) -> Description:
    """
    Make an association, after EKS's checks.

    + owner: ARN of the add-on it belongs to
    """
    namespace, account = given["namespace"], given["serviceAccount"]
    for known in cluster.associations.values():
        if (known["namespace"], known["serviceAccount"]) == (namespace, account):
            message = f"Association already exists: {known['associationId']}"
            raise in_use(message, clusterName=cluster.name)
    check_pod_role(call, given["roleArn"])
    number = "a-" + "".join(random.choices(string.ascii_lowercase + string.digits, k=17))
    association = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": account,
        "roleArn": given["roleArn"],
        "associationArn": cluster.arn("podidentityassociation", number),
        "associationId": number,
        "tags": given.get("tags") or {},
        "createdAt": now(),
        "modifiedAt": now(),
        "disableSessionTags": given.get("disableSessionTags") or False,
    }
    if owner:
        association["ownerArn"] = owner
    if given.get("policy"):
        association["policy"] = given["policy"]
    if given.get("targetRoleArn"):
        association |= {"targetRoleArn": given["targetRoleArn"], "externalId": str(uuid.uuid4())}
    cluster.associations[number] = association
    return association


def check_pod_role(call: Call, arn: str) -> None:
    error = invalid_parameter(f"Role provided in the request does not exist or does not trust {SERVICE}: {arn}")
    require_role(call, arn, SERVICE, error, "sts:AssumeRole", "sts:TagSession")


def find_association(call: Call) -> Description:
    cluster, number = cluster_of(call), call.params["associationId"]
    if number not in cluster.associations:
        raise not_found(f"Association not found: {number}", clusterName=cluster.name)
    return cluster.associations[number]


def refuse_owned(association: Description) -> None:
    if association.get("ownerArn"):
        raise invalid_request(f"The association {association['associationId']} is owned by {association['ownerArn']}; use the add-on")


@answers("eks", "CreatePodIdentityAssociation")
@idempotent(lambda call, made: made["association"]["associationId"] in cluster_of(call).associations)
def create_pod_identity_association(call: Call) -> dict:
    cluster = cluster_of(call)
    if cluster.status not in ("ACTIVE", "UPDATING"):
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)
    return {"association": associate(call, cluster, call.params)}


@answers("eks", "DescribePodIdentityAssociation")
def describe_pod_identity_association(call: Call) -> dict:
    return {"association": find_association(call)}


@answers("eks", "ListPodIdentityAssociations")
def list_pod_identity_associations(call: Call) -> dict:
    given = call.params
    found = [
        {key: association[key] for key in SUMMARY if key in association}
        for association in cluster_of(call).associations.values()
        if given.get("namespace") in (None, association["namespace"]) and given.get("serviceAccount") in (None, association["serviceAccount"])
    ]
    found, token = page(call, found)
    return {"associations": found, "nextToken": token}


@answers("eks", "UpdatePodIdentityAssociation")
def update_pod_identity_association(call: Call) -> dict:
    association, given = find_association(call), call.params
    refuse_owned(association)
    if given.get("roleArn"):
        check_pod_role(call, given["roleArn"])
        association["roleArn"] = given["roleArn"]
    for key in ("disableSessionTags", "targetRoleArn", "policy"):
        if given.get(key) is not None:
            association[key] = given[key]
    association["modifiedAt"] = now()
    return {"association": association}


@answers("eks", "DeletePodIdentityAssociation")
def delete_pod_identity_association(call: Call) -> dict:
    association = find_association(call)
    refuse_owned(association)
    return {"association": cluster_of(call).associations.pop(association["associationId"])}
