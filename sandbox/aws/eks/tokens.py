"""What the API server asks of EKS: who the bearer of a token is, and which groups their access entry gives them."""

import logging
import re
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.aws import credentials
from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster, eks_backends
from sandbox.aws.eks.policies import PREFIX, policies

log = logging.getLogger(__name__)


def review(token_review: dict, region: str, name: str) -> dict:
    """Answers a TokenReview."""
    from sandbox.kubernetes import tokens

    with lock:
        cluster = next((b[region].clusters[name] for b in eks_backends.values() if region in b and name in b[region].clusters), None)
        resolve = (lambda key: identity_of(cluster, key)) if cluster else (lambda key: None)
        answer = tokens.review(token_review, name, resolve=resolve, verify=is_signed)
    if not answer["status"]["authenticated"]:
        log.warning("cluster %s refuses a token: %s", name, answer["status"].get("error"))
    return answer


def identity_of(cluster: Cluster, access_key: str) -> tuple[str, str, list[str]] | None:
    """User name, unique id and groups; None where there is no access entry."""
    principal = credentials.principal_of(access_key)
    entry = cluster.access_entries.get(principal)
    if not entry or cluster.description["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        return None
    groups = list(entry["kubernetesGroups"])
    for policy in cluster.access_policies.get(principal, {}).values():
        group = policies.get(policy["policyArn"].removeprefix(PREFIX))
        if policy["accessScope"]["type"] == "namespace":
            groups += [f"{group}:{namespace}" for namespace in policy["accessScope"]["namespaces"] if group]
        elif group:
            groups.append(group)
    unique = credentials.unique_id_of(access_key)
    session = unique.partition(":")[2]
    username = entry["username"].replace("{{SessionName}}", re.sub(r"@", "-", session)).replace("{{SessionNameRaw}}", session)
    return username, f"aws-iam-authenticator:{cluster.account}:{unique.partition(':')[0]}", groups


def is_signed(url: str, headers: dict[str, str]) -> bool:
    """Whether the presigned request was signed with the secret of its access key, over these headers."""
    given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    key, _, region, service, _ = given["X-Amz-Credential"].split("/")
    secret = credentials.secret_of(key)
    if not secret:
        return False
    signer = SigV4QueryAuth(Credentials(key, secret), service, region)
    signature = given.pop("X-Amz-Signature")
    parts = urlsplit(url)
    request = AWSRequest(method="GET", url=f"{parts.scheme}://{parts.netloc}{parts.path or '/'}", headers=dict(headers), params=given)
    request.context["timestamp"] = given["X-Amz-Date"]
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request) == signature
