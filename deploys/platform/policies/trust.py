"""Who may take a role."""

from __future__ import annotations

from settings import Settings

VERSION = "2012-10-17"


def service_trust(service: str) -> dict:
    """
    Returns the trust policy of a role that an AWS service takes.

    + service: `eks.amazonaws.com`
    """
    return {"Version": VERSION, "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}


def pod_identity_trust(settings: Settings) -> dict:
    """
    Returns the trust policy of a role that pods of the deployment's cluster take, and no other cluster's.

    + settings: of the deployment
    """
    cluster = settings.arn("eks", f"cluster/{settings.deployment}")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": {"aws:RequestTag/eks-cluster-arn": cluster}},
    }
    return {"Version": VERSION, "Statement": [statement]}
