"""What the account brings, looked at before anything is made of it."""

from __future__ import annotations

from dataclasses import replace

from connectors.kubernetes.manifest import merge
from deploys.platform.images import images
from deploys.platform.policies import key_statements, key_user
from deploys.want import Want, shared, want
from operations import ec2, iam, kms, rds, s3, secrets
from settings import Settings


def account(settings: Settings) -> list[Want]:
    """Everything that is somebody else's and that the settings name."""
    wants = {
        settings.permissions_boundary: (iam.existing_policy, {}),
        settings.kms_key_arn: (kms.existing_key, {"statements": key_statements(settings)}),
        settings.db_endpoint: (rds.existing_database, {"database": settings.db_name}),
        settings.db_secret_arn: (secrets.given, {"fields": [["username", "password"]], "setting": "db_secret_arn"}),
        settings.logs_bucket: (s3.existing_bucket, {"region": settings.region}),
        settings.vpc_id: (ec2.existing_network, _network(settings)),
    }
    return [want(operation, name, **fields) for name, (operation, fields) in wants.items() if name]


def with_given(settings: Settings, wants: list[Want]) -> list[Want]:
    """
    The wants, each with what the account gives to every thing of its kind: a boundary and a path to roles, a key to what is encrypted and to
    roles the right to use it, a registry to releases.

    + settings: of the deployment
    + wants: everything the platform wants
    """
    given = {"boundary": settings.permissions_boundary, "path": settings.iam_path, "kms_key": settings.kms_key_arn}
    return [_BY_KIND.get(item.kind, _as_it_is)(settings, item) for item in shared(wants, given)]


def _keyed(settings: Settings, role: Want) -> Want:
    policy = key_user(settings, role.subject.removeprefix(settings.role("")))
    return replace(role, fields={**role.fields, "policies": {**(role.fields.get("policies") or {}), "key": policy}}) if policy else role


def _mirrored(settings: Settings, release: Want) -> Want:
    copies = images(settings, release.subject)
    return replace(release, fields={**release.fields, "overlay": merge(release.fields.get("overlay") or {}, copies)}) if copies else release


def _as_it_is(settings: Settings, item: Want) -> Want:
    return item


_BY_KIND = {"iam.role": _keyed, "helm.release": _mirrored}


def _network(settings: Settings) -> dict:
    """The subnets of each kind that something is put into, and what will be asked of them."""
    balancers = {"internal": "internal", "internet-facing": "public"}.get(settings.ingress_scheme if settings.ingress else None)
    kinds = [kind for kind in ("data", "private", None if settings.db_endpoint else "database", balancers) if kind]
    return {
        "subnets": {kind: settings.subnet_ids(kind) for kind in kinds},
        "endpoints": settings.called,
        "isolated": settings.isolated,
        "nodes": settings.core_nodes,
        "cluster": settings.deployment,
    }
