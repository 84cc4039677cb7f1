"""What each service holds: kind, id, tags, and whether AWS put it there or keeps it by itself."""

from collections.abc import Callable, Iterator
from typing import Any

Entry = tuple[str, str, dict[str, str], bool]


def pairs(tags: Any) -> dict[str, str]:
    """Tags as a mapping, however the service keeps them."""
    if isinstance(tags, dict):
        return dict(tags)
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in tags or ()}


def ec2(backend) -> Iterator[Entry]:
    default_vpcs = {vpc.id for vpc in backend.vpcs.values() if vpc.is_default}
    for vpc in backend.vpcs.values():
        yield "vpc", vpc.id, pairs(vpc.get_tags()), vpc.is_default
    for subnet in backend.describe_subnets():
        yield "subnet", subnet.id, pairs(subnet.get_tags()), subnet.vpc_id in default_vpcs
    for gateway in backend.internet_gateways.values():
        yield "internet-gateway", gateway.id, pairs(gateway.get_tags()), False
    for gateway in backend.nat_gateways.values():
        yield "natgateway", gateway.id, pairs(gateway.get_tags()), gateway.state == "deleted"
    for address in backend.addresses:
        yield "elastic-ip", address.allocation_id, pairs(address.get_tags()), False
    for table in backend.route_tables.values():
        yield "route-table", table.id, pairs(table.get_tags()), table.vpc_id in default_vpcs
    for group in (group for groups in backend.groups.values() for group in groups.values()):
        yield "security-group", group.id, pairs(group.get_tags()), group.vpc_id in default_vpcs and group.name == "default"
    for interface in backend.enis.values():
        dead = interface.instance is not None and interface.instance.state == "terminated"
        yield "network-interface", interface.id, pairs(interface.get_tags()), dead
    for acl in backend.network_acls.values():
        yield "network-acl", acl.id, pairs(acl.get_tags()), acl.vpc_id in default_vpcs
    for endpoint in backend.vpc_end_points.values():
        yield "vpc-endpoint", endpoint.id, pairs(endpoint.get_tags()), False
    for instance in (instance for reservation in backend.reservations.values() for instance in reservation.instances):
        yield "instance", instance.id, pairs(instance.get_tags()), instance.state == "terminated"
    for volume in backend.volumes.values():
        yield "volume", volume.id, pairs(volume.get_tags()), False
    for snapshot in backend.snapshots.values():
        yield "snapshot", snapshot.id, pairs(snapshot.get_tags()), snapshot.from_ami is not None
    for template in backend.launch_templates.values():
        yield "launch-template", template.id, pairs(template.get_tags()), False


def iam(backend) -> Iterator[Entry]:
    for role in backend.roles.values():
        yield "role", role.arn, pairs(role.tags), "/aws-service-role/" in role.arn
    for policy in backend.managed_policies.values():
        if not policy.arn.startswith("arn:aws:iam::aws:"):
            yield "policy", policy.arn, pairs(policy.tags), False
    for profile in backend.instance_profiles.values():
        yield "instance-profile", profile.arn, pairs(profile.tags), False
    for user in backend.users.values():
        yield "user", user.arn, {}, user.name == "administrator"
    for arn in backend.open_id_providers:
        yield "oidc-provider", arn, {}, False


def tagged(backend) -> Iterator[Entry]:
    """Of services that tell the tagging API everything they have."""
    for resource in backend.iter_tagged_resources():
        yield resource.resource_type, resource.arn, resource.tags, False


def kms(backend) -> Iterator[Entry]:
    for key in backend.keys.values():
        own = not any(alias.startswith("alias/aws/") for alias in key.aliases)
        yield "key", key.arn, backend.tagger.get_tag_dict_for_resource(key.id), key.key_state == "PendingDeletion" or not own
        for alias in key.aliases:
            yield "alias", alias, {}, alias.startswith("alias/aws/") or key.key_state == "PendingDeletion"


def secretsmanager(backend) -> Iterator[Entry]:
    for secret in {id(secret): secret for secret in backend.secrets.values()}.values():
        yield "secret", secret.arn, pairs(secret.tags), secret.is_deleted()


def ssm(backend) -> Iterator[Entry]:
    for name in list(backend._parameters):
        if backend._parameters[name]:
            yield "parameter", name, dict(backend.list_tags_for_resource("Parameter", name)), name.startswith("/aws/")


def s3(backend) -> Iterator[Entry]:
    for bucket in backend.buckets.values():
        yield "bucket", bucket.arn, pairs(backend.tagger.get_tag_dict_for_resource(bucket.arn)), False


def rds(backend) -> Iterator[Entry]:
    for instance in backend.databases.values():
        yield "db", instance.arn, pairs(instance.tags), False
    for snapshot in backend.database_snapshots.values():
        yield "snapshot", snapshot.arn, pairs(snapshot.tags), False
    for group in backend.subnet_groups.values():
        yield "subgrp", group.arn, pairs(group.tags), False
    for group in backend.db_parameter_groups.values():
        yield "pg", group.arn, pairs(group.tags), group.name.startswith("default.")


def efs(backend) -> Iterator[Entry]:
    for system in backend.file_systems_by_id.values():
        yield "file-system", system.file_system_id, pairs(backend.list_tags_for_resource(system.file_system_id)), False
    for target in backend.mount_targets_by_id.values():
        yield "mount-target", target.mount_target_id, {}, False
    for point in backend.access_points.values():
        yield "access-point", point.access_point_id, pairs(backend.list_tags_for_resource(point.access_point_id)), False


def logs(backend) -> Iterator[Entry]:
    for name, group in backend.groups.items():
        yield "log-group", name, pairs(backend.list_tags_for_resource(group.arn)), False


def elb(backend) -> Iterator[Entry]:
    for name, balancer in backend.load_balancers.items():
        yield "loadbalancer", name, pairs(balancer.tags), False


def elbv2(backend) -> Iterator[Entry]:
    for kind, things in (("loadbalancer", backend.load_balancers), ("targetgroup", backend.target_groups)):
        for arn in things:
            yield kind, arn, pairs(backend.tagging_service.get_tag_dict_for_resource(arn)), False


def amp(backend) -> Iterator[Entry]:
    for workspace in backend.workspaces.values():
        yield "workspace", workspace.arn, pairs(backend.tagger.get_tag_dict_for_resource(workspace.arn)), False


def autoscaling(backend) -> Iterator[Entry]:
    for group in backend.autoscaling_groups.values():
        yield "auto-scaling-group", group.arn, pairs(group.tags), False


def events(backend) -> Iterator[Entry]:
    for bus in backend.event_buses.values():
        for rule in bus.rules.values():
            yield "rule", rule.arn, pairs(backend.tagger.get_tag_dict_for_resource(rule.arn)), False
        if bus.name != "default":
            yield "event-bus", bus.arn, {}, False


def route53(backend) -> Iterator[Entry]:
    for zone in backend.zones.values():
        yield "hostedzone", zone.id, {}, False


def budgets(backend) -> Iterator[Entry]:
    for name, entry in backend.__dict__.get("kept", {}).items():
        yield "budget", name, dict(entry["tags"]), False


LISTINGS: dict[str, Callable[[Any], Iterator[Entry]]] = {
    "ec2": ec2, "iam": iam, "eks": tagged, "kms": kms, "secretsmanager": secretsmanager, "ssm": ssm, "s3": s3, "rds": rds,
    "efs": efs, "logs": logs, "elb": elb, "elbv2": elbv2, "amp": amp, "autoscaling": autoscaling, "events": events, "route53": route53,
    "sqs": tagged, "acm": tagged, "budgets": budgets,
}  # fmt: skip
