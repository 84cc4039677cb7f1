"""Operations on instance profiles."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from facts.iam import InstanceProfile
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent
from operations.ownership import own

GONE = ("NoSuchEntity",)


@operation()
def instance_profile(instance_profile: str, role: str | None = None, path: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove an instance profile.

    + instance_profile: its name
    + role: name of the role it carries
    + path: what its ARN has before its name (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** role and tags are put right; another path is refused. A profile without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        iam.instance_profile("airflow-dev-us-west-2-karpenter-node", role="airflow-dev-us-west-2-karpenter-node", name="Profile of Karpenter's nodes")
    """
    now = host.get_fact(InstanceProfile, instance_profile=instance_profile)
    now = own("instance profile", instance_profile, now, (now or {}).get("Tags"), present)
    this = {"InstanceProfileName": instance_profile}
    carried = [one["RoleName"] for one in (now or {}).get("Roles", ())]
    if not present:
        if now:
            for name in carried:
                yield AwsCall("iam", "remove_role_from_instance_profile", missing=GONE, **this, RoleName=name)
            yield AwsCall("iam", "delete_instance_profile", missing=GONE, **this)
        else:
            absent("instance profile", instance_profile, now)
        return
    if now:
        refused("instance profile", instance_profile, differing(now, Path=path), "keep the path, or remove the deployment first")
    else:
        yield AwsCall("iam", "create_instance_profile", **this, **({"Path": path} if path else {}), Tags=tag.listed(tags or {}))
    others = [name for name in carried if role and name != role]
    for name in others:
        yield AwsCall("iam", "remove_role_from_instance_profile", missing=GONE, **this, RoleName=name).because([Change("role", name, role)])
    if role and role not in carried:
        added = AwsCall("iam", "add_role_to_instance_profile", **this, RoleName=role)
        yield added.because([Change("role", None, role)]) if now else added
    retagged = tag.missing(now["Tags"], tags or {}) if now else ()
    if retagged:
        yield AwsCall("iam", "tag_instance_profile", **this, Tags=tag.listed(tags)).because(retagged)
    if now and role in (None, *carried) and not others and not retagged:
        host.noop(f"instance profile {instance_profile} is already present")
