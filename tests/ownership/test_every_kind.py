"""Of every kind that a deployment declares: what has its name and not its tag is refused by install and left by cleanup."""

import pytest
from ownership_world import CLUSTERS_OWN, everything
from twins import TWINS

from deploys.platform import platform
from operations import foreign
from settings import Settings

KINDS = sorted({want.kind for want in platform(Settings.of({"deployment": "t0", **everything("t0")})) if not want.kind.startswith(CLUSTERS_OWN)})

WAITS = {
    "eks.cluster_active": "eks.cluster",
    "eks.nodegroup_active": "eks.nodegroup",
    "eks.addon_active": "eks.addon",
    "ec2.nat_available": "ec2.nat_gateway",
    "rds.available": "rds.instance",
    "efs.available": "efs.file_system",
    "amp.workspace_active": "amp.workspace",
    "acm.issued": "acm.certificate",
}
"""What waits for a thing of another kind, whose twin is theirs too."""

PARTS = {
    "ec2.default_security_group": "ec2.vpc",
    "efs.mount_target": "efs.file_system",
}
"""What belongs to a thing of another kind, whose twin has one too."""

BOOKENDS = ("ec2.karpenter", "ec2.leftovers", "ec2.volumes", "elbv2.leftovers", "logs.leftovers")
"""What does nothing while a platform is wanted: there is nothing to refuse."""

SKIPPED = {
    "backups.last": "it keeps the keys of an instance of our own alone, under a name that ends with the time",
    "elb.leftovers": "it looks into the deployment's own VPC alone",
    "rds.snapshot": "its name ends with the time: it is made anew, and never removed",
    "route53.validation": "the record's name follows from our own certificate: there is none without it",
    "ssm.lock": "its name is this project's own and its content says whose it is",
    "strays.strays": "it looks for our tag alone, and removes through the operations of the kinds",
}


def test_there_is_a_twin_of_every_kind():
    assert sorted({*TWINS, *WAITS, *PARTS, *SKIPPED}) == KINDS


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (*SKIPPED, *WAITS, *PARTS, *BOOKENDS)])
def test_install_refuses_it(twins, kind):
    (step,) = [step for step in twins.install if (step.want.kind, step.want.subject) == (kind, twins.subjects[kind])]
    assert step.refusal and not step.commands, step.lines()
    assert "\n" not in step.refusal and f"airflow-on-eks/deployment={twins.host.data.deployment}" in step.refusal


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SKIPPED])
def test_cleanup_would_send_nothing(twins, kind):
    assert [line for step in twins.cleanup if step.want.kind == kind for line in step.lines(commands=True)] == []


UNNAMED = {
    "acm.certificate": "a certificate is looked for by our tag alone when none is wanted",
    "ec2.default_security_group": "it goes with its VPC, which is named",
    "ec2.leftovers": "they are in a VPC, which is named",
    "elbv2.load_balancer": "it goes with its Ingress",
}
PASSING = ("ResponseMetadata", "LatestRestorableTime", "Timestamp")
NAMED = {
    "ec2.elastic_ip": "elastic IP {}",
    "ec2.karpenter": "instance i-",
    "ec2.volumes": "volume vol-",
    "elbv2.leftovers": "target group arn:",
    "logs.leftovers": "log group {}theirs",
    "route53.alias": "record airflow.",
}


@pytest.mark.parametrize("kind", [kind for kind in TWINS if kind not in UNNAMED])
def test_cleanup_names_it(twins, kind):
    what = NAMED.get(kind, f"{kind.partition('.')[2].replace('_', ' ')} {{}} ").format(twins.subjects[kind])
    assert [line for line in foreign.named() if line.startswith(what)]


@pytest.mark.parametrize("kind", TWINS)
def test_it_is_as_it_was(twins, kind):
    assert lasting(twins.read[kind]()) == lasting(twins.before[kind])


def lasting(answer):
    """An answer without what changes by itself."""
    if isinstance(answer, dict):
        return {key: lasting(value) for key, value in answer.items() if key not in PASSING}
    return [lasting(item) for item in answer] if isinstance(answer, list) else answer
