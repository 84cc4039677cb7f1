"""Operations on RDS subnet groups and parameter groups."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.ec2 import subnet_id
from facts.rds import NO_GROUP, ParameterGroup, Parameters, SubnetGroup, Tags
from operations import tags as tag
from operations.differ import Change, differing, differing_in, refused
from operations.foreign import absent
from operations.ownership import own


@operation()
def subnet_group(subnet_group: str, subnets: list | None = None, description: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a subnet group.

    + subnet_group: its name
    + subnets: Name tags of the subnets, or their ids, a database may be in (whole), in two zones at least
    + description: what it is for
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** subnets, description and tags are put right. A group without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        rds.subnet_group(subnet_group="airflow-dev", subnets=["airflow-dev-database-us-west-2a"], name="Database subnets")
    """
    now = host.get_fact(SubnetGroup, subnet_group=subnet_group)
    tagged = host.get_fact(Tags, resource=now["DBSubnetGroupArn"]) if now else None
    now = own("subnet group", subnet_group, now, tagged, present)
    if not present:
        if now:
            yield AwsCall("rds", "delete_db_subnet_group", missing=NO_GROUP, DBSubnetGroupName=subnet_group)
        else:
            absent("subnet group", subnet_group, now)
        return
    ids = None if subnets is None else [subnet_id(subnet) for subnet in subnets]
    if not now:
        yield AwsCall(
            "rds",
            "create_db_subnet_group",
            made=Ref(SubnetGroup, "DBSubnetGroupArn", subnet_group=subnet_group),
            DBSubnetGroupName=subnet_group,
            DBSubnetGroupDescription=description or subnet_group,
            SubnetIds=ids,
            Tags=tag.listed(tags or {}),
        )
        return
    changes = differing_in(now, {"Subnets[].SubnetIdentifier": ids, "DBSubnetGroupDescription": description})
    retagged = tag.missing(tagged, tags or {})
    if changes:
        members = [subnet["SubnetIdentifier"] for subnet in now["Subnets"]] if ids is None else ids
        described = {} if description is None else {"DBSubnetGroupDescription": description}
        yield AwsCall("rds", "modify_db_subnet_group", DBSubnetGroupName=subnet_group, SubnetIds=members, **described).because(changes)
    if retagged:
        yield AwsCall("rds", "add_tags_to_resource", ResourceName=now["DBSubnetGroupArn"], Tags=tag.listed(tags)).because(retagged)
    if not changes and not retagged:
        host.noop(f"subnet group {subnet_group} is already present")


@operation()
def parameter_group(
    parameter_group: str,
    family: str | None = None,
    parameters: dict | None = None,
    at_reboot: tuple | list = (),
    description: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a parameter group.

    + parameter_group: its name
    + family: the engine and major version it is for (fixed)
    + parameters: parameters by name (whole): one that is set and not listed goes back to its default
    + at_reboot: names of those among them that the engine reads only when it starts
    + description: what it is for (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** parameters and tags are put right; another family or description is refused. A group without the deployment's tag is
    refused, and never removed.

    **Example:**

    .. code:: python

        rds.parameter_group(parameter_group="airflow-dev-postgres17", family="postgres17", parameters={"rds.force_ssl": "1"}, name="Parameters")
    """
    now = host.get_fact(ParameterGroup, parameter_group=parameter_group)
    tagged = host.get_fact(Tags, resource=now["DBParameterGroupArn"]) if now else None
    now = own("parameter group", parameter_group, now, tagged, present)
    if not present:
        if now:
            yield AwsCall("rds", "delete_db_parameter_group", missing=NO_GROUP, DBParameterGroupName=parameter_group)
        else:
            absent("parameter group", parameter_group, now)
        return
    if not now:
        yield AwsCall(
            "rds",
            "create_db_parameter_group",
            made=Ref(ParameterGroup, "DBParameterGroupArn", parameter_group=parameter_group),
            DBParameterGroupName=parameter_group,
            DBParameterGroupFamily=family,
            Description=description or parameter_group,
            Tags=tag.listed(tags or {}),
        )
        if parameters:
            yield _set(parameter_group, parameters, at_reboot)
        return
    fixed = differing(now, DBParameterGroupFamily=family, Description=description)
    refused("parameter group", parameter_group, fixed, "make a parameter group of another name")
    present_parameters = (host.get_fact(Parameters, parameter_group=parameter_group) or {}) if parameters is not None else {}
    changes = [Change(key, present_parameters.get(key), value) for key, value in (parameters or {}).items() if present_parameters.get(key) != value]
    extra = [Change(key, value, "its default") for key, value in present_parameters.items() if key not in (parameters or {})]
    retagged = tag.missing(tagged, tags or {})
    if changes:
        yield _set(parameter_group, {change.field: change.wanted for change in changes}, at_reboot).because(changes)
    if extra:
        reset = [{"ParameterName": change.field, "ApplyMethod": "pending-reboot"} for change in extra]
        yield AwsCall("rds", "reset_db_parameter_group", DBParameterGroupName=parameter_group, Parameters=reset).because(extra)
    if retagged:
        yield AwsCall("rds", "add_tags_to_resource", ResourceName=now["DBParameterGroupArn"], Tags=tag.listed(tags)).because(retagged)
    if not changes and not extra and not retagged:
        host.noop(f"parameter group {parameter_group} is already present")


def _set(parameter_group: str, parameters: dict, at_reboot) -> AwsCall:
    methods = {name: "pending-reboot" if name in at_reboot else "immediate" for name in parameters}
    listed = [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": methods[name]} for name, value in parameters.items()]
    return AwsCall("rds", "modify_db_parameter_group", DBParameterGroupName=parameter_group, Parameters=listed)
