"""An instance's network interfaces in the subnets of its group, and its log groups."""

from moto.ec2.models import ec2_backends
from moto.logs.models import logs_backends


def make_interfaces(instance) -> None:
    ec2 = ec2_backends[instance.account_id][instance.region]
    group = getattr(instance, "db_subnet_group", None)
    if not group:
        return
    groups = [entry["VpcSecurityGroupId"] for entry in instance.shown["VpcSecurityGroups"]]
    places = {subnet.availability_zone: subnet for subnet in group._subnets}
    for subnet in list(places.values())[: 2 if instance.shown["MultiAZ"] else 1]:
        interface = ec2.create_network_interface(subnet, [], group_ids=groups, description="RDSNetworkInterface")
        interface.requester_managed, interface.requester_id, interface.status = True, "amazon-rds", "in-use"
        instance.interfaces.append(interface.id)


def regroup_interfaces(instance) -> None:
    """The instance's security groups have changed."""
    remove_interfaces(instance)
    make_interfaces(instance)


def remove_interfaces(instance) -> None:
    ec2 = ec2_backends[instance.account_id][instance.region]
    for number in instance.interfaces:
        ec2.enis.pop(number, None)
    instance.interfaces = []


def write_logs(instance) -> None:
    """Log groups of the exported logs: made when needed, never removed."""
    logs = logs_backends[instance.account_id][instance.region]
    for kind in instance.shown.get("EnabledCloudwatchLogsExports") or ():
        name = f"/aws/rds/instance/{instance.db_instance_identifier}/{kind}"
        if name not in logs.groups:
            logs.create_log_group(name, {})
