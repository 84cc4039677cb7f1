"""
The EKS Pod Identity agent: credentials of the role that a pod's service account is associated with.

Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

import asyncio
import json
import logging
from http import HTTPStatus

from sandbox.node.api.requests import Request
from sandbox.node.identity import amazon
from sandbox.node.network import relays

log = logging.getLogger(__name__)
PATH = ["v1", "credentials"]
AUDIENCE = "pods.eks.amazonaws.com"
VOLUME, DIRECTORY, FILE = "eks-pod-identity-token", "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount", "eks-pod-identity-token"
LIFETIME = 86400


async def serve(address: str, cluster: str, region: str) -> None:
    """
    Listen at the agent's address.

    + cluster, region: whose associations count
    """

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await Request.read(reader, writer)
            token = request.headers.get("authorization", "")
            if request.path != PATH or not token:
                await request.answer(HTTPStatus.BAD_REQUEST, "Service account token cannot be empty" if request.path == PATH else "404 page not found")
            else:
                await request.answer(*await ask(cluster, region, token))
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            log.info("the Pod Identity agent: %s", error)
        finally:
            writer.close()

    await asyncio.start_server(relays.held(connection), address, 80)


async def associated(cluster: str, region: str, pod: dict) -> bool:
    """Whether the pod's service account has an association."""
    status, body = await amazon.ask("GET", f"pod-identity/{region}/{cluster}")
    account = pod["metadata"]["namespace"], pod["spec"].get("serviceAccountName", "default")
    return status == HTTPStatus.OK and list(account) in json.loads(body)


async def ask(cluster: str, region: str, token: str) -> tuple[HTTPStatus, str]:
    """EKS's answer to AssumeRoleForPodIdentity, as the agent passes it on."""
    return await amazon.ask("POST", f"pod-identity/{region}/{cluster}", json.dumps({"token": token}).encode())


def inject(pod: dict, region: str) -> dict:
    """The pod as EKS's Pod Identity webhook would have admitted it, for a service account that has an association."""
    source = {"serviceAccountToken": {"audience": AUDIENCE, "expirationSeconds": LIFETIME, "path": FILE}}
    mount = {"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True}
    variables = {
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{DIRECTORY}/{FILE}",
    }

    def admitted(container: dict) -> dict:
        known = {each["name"] for each in container.get("env") or ()}
        added = [{"name": name, "value": value} for name, value in variables.items() if name not in known]
        return {**container, "env": [*(container.get("env") or ()), *added], "volumeMounts": [*(container.get("volumeMounts") or ()), mount]}

    spec = pod["spec"]
    changed = {name: [admitted(each) for each in spec.get(name) or ()] for name in ("initContainers", "containers")}
    volumes = [*(spec.get("volumes") or ()), {"name": VOLUME, "projected": {"sources": [source]}}]
    return {**pod, "spec": {**spec, **changed, "volumes": volumes}}
