"""Operations on the roles pods take."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from facts.eks import MISSING, PodIdentity
from operations import tags as tag
from operations.differ import differing
from operations.foreign import absent
from operations.ownership import own


@operation()
def pod_identity(pod_identity: str, cluster: str, role_arn: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Give/take the pods of a service account an IAM role. It counts for pods made afterwards.

    + pod_identity: ``<namespace>/<service account>``; neither needs to exist yet
    + cluster: name of the cluster
    + role_arn: ARN of the role
    + tags: tags of the association (merged)
    + present: whether they should have the role

    **Idempotency:** role and tags are put right. An association without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        eks.pod_identity(
            pod_identity="kube-system/ebs-csi-controller-sa",
            cluster="airflow-dev",
            role_arn="arn:aws:iam::123456789012:role/airflow-dev-us-west-2-ebs-csi",
            name="Role of the EBS driver",
        )
    """
    now = host.get_fact(PodIdentity, pod_identity=pod_identity, cluster=cluster)
    now = own("pod identity", pod_identity, now, (now or {}).get("tags"), present)
    if not present:
        if now:
            yield AwsCall("eks", "delete_pod_identity_association", missing=MISSING, clusterName=cluster, associationId=now["associationId"])
        else:
            absent("pod identity", pod_identity, now)
        return
    if not now:
        namespace, _, account = pod_identity.partition("/")
        given = {"tags": tags} if tags else {}
        yield AwsCall("eks", "create_pod_identity_association", clusterName=cluster, namespace=namespace, serviceAccount=account, roleArn=role_arn, **given)
        return
    moved, retagged = differing(now, roleArn=role_arn), tag.missing(now.get("tags"), tags or {})
    if moved:
        yield AwsCall("eks", "update_pod_identity_association", clusterName=cluster, associationId=now["associationId"], roleArn=role_arn).because(moved)
    if retagged:
        yield AwsCall("eks", "tag_resource", resourceArn=now["associationArn"], tags=tags).because(retagged)
    if not moved and not retagged:
        host.noop(f"pod identity {pod_identity} is already present")
