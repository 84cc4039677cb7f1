"""What carries the deployment's tag and is none of its things: verify names it, install leaves it alone and says so."""

from __future__ import annotations

import inspect
from importlib import import_module

from pyinfra.context import host

from connectors.commands.reference import known, uncertain
from deploys.plan import side_by_side
from deploys.want import Want
from facts.scan import SCANS, Found, Tagged
from settings import Settings

CONTROLLERS = ("elbv2.k8s.aws/", "eks:", "aws:", "karpenter", "kubernetes.io/", "node.k8s.amazonaws.com/", "ebs.csi.aws.com/")
"""How the tags begin that tell what made a thing, where it was not this project."""

OF_CONTROLLERS = "(Tags[?" + " || ".join(f"starts_with(Key, '{prefix}')" for prefix in CONTROLLERS) + "])"

OURS_ALONE = {
    "instance": f"Reservations[].Instances[?State.Name!='terminated' && !{OF_CONTROLLERS}].InstanceId[]",
    "volume": f"Volumes[?State=='available' && !{OF_CONTROLLERS}].VolumeId",
    "network interface": f"NetworkInterfaces[?Status=='available' && !{OF_CONTROLLERS}].NetworkInterfaceId",
    "security group": f"SecurityGroups[?GroupName!='default' && !{OF_CONTROLLERS}].GroupId",
    "launch template": f"LaunchTemplates[?!{OF_CONTROLLERS}].LaunchTemplateId",
    "S3 bucket": None,
    "SQS queue": None,
    "load balancer": None,
    "target group": None,
    "instance profile": None,
    "instance of Karpenter": None,
    "launch template of Karpenter": None,
    "log group of Container Insights": None,
}
"""
Where declared things make more of a kind by themselves, as nodes their volumes: how to find what is not of them; ``None``: not at all, nor
what its own service would find by name alone.
"""

TAGGED = {
    "VPC": "ec2:vpc",
    "subnet": "ec2:subnet",
    "route table": "ec2:route-table",
    "internet gateway": "ec2:internet-gateway",
    "elastic IP": "ec2:elastic-ip",
    "security group": "ec2:security-group",
    "network interface": "ec2:network-interface",
    "VPC endpoint": "ec2:vpc-endpoint",
    "launch template": "ec2:launch-template",
    "volume": "ec2:volume",
    "instance": "ec2:instance",
    "NAT gateway": "ec2:natgateway",
    "EKS cluster": "eks:cluster",
    "RDS instance": "rds:db",
    "RDS subnet group": "rds:subgrp",
    "RDS parameter group": "rds:pg",
    "EFS file system": "elasticfilesystem:file-system",
    "EventBridge rule": "events:rule",
    "log group of the cluster": "logs:log-group",
    "log group of the database": "logs:log-group",
    "secret": "secretsmanager:secret",
    "certificate": "acm:certificate",
    "Prometheus workspace": "aps:workspace",
}
"""What AWS's tagging API calls the kinds it knows. It lists deleted things for a while: what is strange to us is asked for at its own service."""

BESIDE = {
    *(f"ec2:{kind}" for kind in ("security-group-rule", "fleet", "spot-instances-request")),
    "elasticfilesystem:access-point",
    *(f"eks:{kind}" for kind in ("nodegroup", "addon", "access-entry", "podidentityassociation")),
    *("rds:snapshot", "rds:auto-backup", "iam:role", "iam:instance-profile", "kms:key", "ssm:parameter", "autoscaling:autoScalingGroup"),
    *(f"elasticloadbalancing:{kind}" for kind in ("loadbalancer", "targetgroup", "listener", "listener-rule")),
}
"""Kinds of AWS's tagging API that others watch over, or that come with others."""


def unmanaged(settings: Settings, wants: list[Want]) -> list[str]:
    """
    A line for each thing that carries the deployment's tag and that nothing in the settings declares.

    + wants: everything the platform wants
    """
    ours = _known(wants)
    where = {"deployment": settings.deployment, "account": settings.account_id, "region": settings.region}
    strange = [(kind, arn) for kind, names, arn in map(_parts, host.get_fact(Tagged) or []) if kind not in BESIDE and not names & ours]
    kinds = {None, *(kind for kind, _ in strange)}
    scans = [
        (scan, pick) for scan in SCANS if not scan.kept and not scan.of and TAGGED.get(scan.kind) in kinds and (pick := OURS_ALONE.get(scan.kind, scan.pick))
    ]
    hits = side_by_side(lambda scan: host.get_fact(Found, scan=scan[0], **where, pick=scan[1]) or [], scans)
    found = [(scan.kind, name) for (scan, _), names in zip(scans, hits, strict=True) for name in names if not _names(name) & ours]
    found += [(kind.replace(":", " ").strip(), arn) for kind, arn in strange if kind not in TAGGED.values()]
    return [f"{kind} {name} carries the deployment's tag and is none of its things: remove it, or its tag" for kind, name in found]


def unlisted(wants: list[Want]) -> list[str]:
    """A line for each thing of the deployment that its settings no longer list, and that install would remove with ``prune=true``."""
    lines = []
    for want in wants:
        if want.stray and not want.fields.get("prune"):
            lines += [f"{want.subject} {name} is no longer listed: prune=true removes it" for name in _astray(want)]
    return lines


def _known(wants: list[Want]) -> set[str]:
    """The names of all declared things, and the ids and names AWS gives them; what a watch sees is told by the watch."""
    things = [(want.kind, want.subject, want.arguments) for want in wants if not want.stray]
    things += [(want.subject, name, want.fields.get("within") or {}) for want in wants if want.stray for name in _astray(want)]
    return {name for thing in things for name in (thing[1], *_ids(*thing))}


def _astray(want: Want) -> list[str]:
    """What a watch sees that is not listed."""
    module, _, noun = want.subject.partition(".")
    names = host.get_fact(getattr(import_module(f"facts.{module}"), f"{_class(noun)}Names"), **(want.fields.get("within") or {}))
    return [name for name in names or [] if name not in want.fields["listed"]]


def _ids(kind: str, subject: str, arguments: dict) -> list[str]:
    """What a thing is called besides, where a fact of its name can be read with what is declared."""
    module, _, noun = kind.partition(".")
    fact = getattr(import_module(f"facts.{module}"), _class(noun), None)
    identity, *more = [name for name in inspect.signature(fact.command).parameters if name != "self"] if fact else [""]
    if not identity or not all(name in arguments for name in more):
        return []
    given = {identity: subject, **{name: arguments[name] for name in more}}
    if uncertain(known(getattr(fact().command(**given), "params", {}))):
        return []
    now = host.get_fact(fact, **given)
    return [text for text in now.values() if isinstance(text, str)] if isinstance(now, dict) else []


def _class(noun: str) -> str:
    return noun.title().replace("_", "")


def _names(found: str) -> set[str]:
    return {found, found.rpartition("/")[2]}


def _parts(arn: str) -> tuple[str, set[str], str]:
    """The kind of a thing as AWS's tagging API calls it, the names it may be declared under, its ARN."""
    _, _, service, _, _, rest = arn.split(":", 5)
    kind = rest.replace("/", ":").partition(":")[0] if ":" in rest or "/" in rest else ""
    return f"{service}:{kind}", {arn, rest, *_names(rest), rest.rpartition(":")[2]}, arn
