"""Karpenter in AWS: its own controller, where there is one, as the role that Pod Identity gives its pods."""

from pathlib import Path

from moto.sts.models import sts_backends

from sandbox.aws.clock import lock
from sandbox.aws.eks import kubernetes
from sandbox.aws.eks.backend import Cluster, all_clusters

ABSENT = "off: NodePools stay without nodes (python -m sandbox up --karpenter)"


class chosen:
    program: Path | None = None


def use(program: Path | None) -> None:
    """
    Have the controller run beside every cluster, those of now too.

    + program: its path, None for none
    """
    chosen.program = program
    for cluster in all_clusters():
        attend(cluster)


def attend(cluster: Cluster) -> None:
    """From now on the controller comes and goes with its Deployment."""
    from sandbox.kubernetes.karpenter import Karpenter

    attended = any(isinstance(controller, Karpenter) for controller in cluster.controllers)
    if attended or not chosen.program or not cluster.plane or not cluster.plane.running:
        return
    controller = Karpenter(cluster.plane, chosen.program, lambda namespace, account: environment(cluster, namespace, account))
    cluster.controllers.append(controller)
    controller.start()


def told() -> list[str]:
    """How it is, in lines."""
    from sandbox.kubernetes.karpenter import Karpenter

    if not chosen.program:
        return [ABSENT]
    here = [(cluster, controller) for cluster in all_clusters() for controller in cluster.controllers if isinstance(controller, Karpenter)]
    lines = [f"{cluster.name} {'runs' if controller.running else 'waits for its Deployment'}" for cluster, controller in here]
    return lines or ["waits for a cluster"]


def environment(cluster: Cluster, namespace: str, account: str) -> dict[str, str]:
    """Endpoint, region and credentials of a session of the role. Raises LookupError where the service account has none."""
    with lock:
        found = [a for a in cluster.associations.values() if (a["namespace"], a["serviceAccount"]) == (namespace, account)]
        if not found:
            raise LookupError(f"no credentials: the service account {namespace}/{account} has no pod identity association")
        session = sts_backends[cluster.account]["aws"].assume_role(
            region_name=cluster.region,
            role_session_name=f"eks-{cluster.name}-karpenter",
            role_arn=found[0]["roleArn"],
            policy="",
            duration=43200,
            external_id="",
        )
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{kubernetes.settings.port}",
        "AWS_REGION": cluster.region,
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
