"""
What EKS gives the Pod Identity agent for a pod's token: credentials of the associated role (AssumeRoleForPodIdentity).

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
"""

import datetime

from moto.sts.models import sts_backends

from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster, eks_backends
from sandbox.aws.eks.pod_identity import SERVICE

LIFETIME = 6 * 3600
PREFIX = "system:serviceaccount:"


class Refused(Exception):
    """Status and exception of the answer."""

    def __init__(self, status: int, kind: str, message: str):
        super().__init__(message)
        self.status, self.kind = status, kind


def assume(region: str, name: str, token: str) -> dict:
    """
    The agent's answer to a pod. Raises Refused.

    + token: of a service account, for the audience pods.eks.amazonaws.com, bound to a pod
    """
    with lock:
        cluster = find(region, name)
    namespace, account, pod = who(cluster, token)
    with lock:
        found = (each for each in cluster.associations.values() if (each["namespace"], each["serviceAccount"]) == (namespace, account))
        association = next(found, None)
        if association is None:
            raise Refused(404, "ResourceNotFoundException", f"No association found for service account {namespace}/{account} in cluster {name}")
        role = sts_backends[cluster.account]["aws"].assume_role(
            region_name=region,
            role_session_name=f"eks-{name}-{pod}"[:64],
            role_arn=association["roleArn"],
            policy=association.get("policy"),
            duration=LIFETIME,
            external_id=None,
        )
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=LIFETIME)
    return {
        "AccessKeyId": role.access_key_id,
        "SecretAccessKey": role.secret_access_key,
        "Token": role.session_token,
        "AccountId": cluster.account,
        "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def find(region: str, name: str) -> Cluster:
    for backends in eks_backends.values():
        if region in backends and name in backends[region].clusters:
            return backends[region].clusters[name]
    raise Refused(404, "ResourceNotFoundException", f"No cluster found for name: {name}.")


def who(cluster: Cluster, token: str) -> tuple[str, str, str]:
    """Namespace, service account and pod that a token is of, as the cluster's API server says."""
    from sandbox.kubernetes.api import Api

    spec = {"token": token, "audiences": [SERVICE]}
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
    status = Api(cluster.plane.kubeconfig).create("/apis/authentication.k8s.io/v1/tokenreviews", request)["status"]
    user = status.get("user") or {}
    pods = (user.get("extra") or {}).get("authentication.kubernetes.io/pod-name")
    if not status.get("authenticated") or not user.get("username", "").startswith(PREFIX) or not pods:
        raise Refused(400, "InvalidTokenException", "The token included in the request is invalid")
    namespace, _, account = user["username"].removeprefix(PREFIX).partition(":")
    return namespace, account, pods[0]


def associations(region: str, name: str) -> list[list[str]]:
    """Namespace and service account of each association: what EKS's webhook looks at when a pod is made."""
    with lock:
        return [[each["namespace"], each["serviceAccount"]] for each in find(region, name).associations.values()]
