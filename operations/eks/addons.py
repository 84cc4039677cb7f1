"""Operations on EKS add-ons."""

from __future__ import annotations

import json

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Answer, Json
from facts.eks import MISSING, Addon, AddonVersions
from operations import tags as tag
from operations.differ import Change, differing
from operations.foreign import absent
from operations.ownership import own
from settings.versions import numbers

FAILED = ("CREATE_FAILED", "DELETE_FAILED")
MOVING = ("CREATING", "UPDATING")


@operation()
def addon(
    addon: str,
    cluster: str,
    kubernetes: str | None = None,
    version: str | None = None,
    fit: list | None = None,
    configuration: dict | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Start/remove an EKS add-on; what is in its way is overwritten. `eks.addon_active` waits for it.

    + addon: its name
    + cluster: name of the cluster
    + kubernetes: the cluster's Kubernetes version
    + version: its version; when ``None``, EKS's default is taken when it is made, and is then left alone
    + fit: versions of Kubernetes it has to fit, the one the cluster goes to last; ``None``: whatever it is
    + configuration: its configuration values (owned)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** a pinned version, the configuration and tags are put right; a version EKS does not offer is refused. An add-on that failed
    to be created is made again, one whose update failed is updated again. One without the deployment's tag is refused, and never removed.
    With ``fit`` one that is not pinned and fits several is left alone; else it goes to EKS's default for the last, or to the newest that fits all,
    unless it fits and is newer; where none fits all it is left as it is. A pinned one that does not fit the last is refused.

    **Example:**

    .. code:: python

        eks.addon(addon="coredns", cluster="airflow-dev", kubernetes="1.36", name="CoreDNS")
    """
    now = host.get_fact(Addon, addon=addon, cluster=cluster)
    now = own("addon", addon, now, (now or {}).get("tags"), present)
    this = {"clusterName": cluster, "addonName": addon}
    gone = Wait("eks", "addon_deleted", **this)
    if not present:
        if now:
            yield from _delete(now, this)
            yield gone
        else:
            absent("addon", addon, now)
        return
    values = {"configurationValues": Json(configuration)} if configuration is not None else {}
    if not now or now["status"] in (*FAILED, "DELETING"):
        chosen = _offered(addon, kubernetes, version)
        if now:
            yield from _delete(now, this)
            yield gone
        given = {"addonVersion": chosen} if chosen else {}
        yield AwsCall("eks", "create_addon", **this, **given, resolveConflicts="OVERWRITE", **values, **({"tags": tags} if tags else {}))
        return
    if fit:
        version = fitting(addon, now["addonVersion"], version, fit)
    changes = differing(now, addonVersion=version)
    if changes and not fit:
        _offered(addon, kubernetes, version)
    changes += differing({"configuration": _values(now)}, configuration=configuration and [configuration])
    if now["status"] == "UPDATE_FAILED":
        changes += (Change("status", "UPDATE_FAILED", "ACTIVE"),)
    retagged = tag.missing(now.get("tags"), tags or {})
    if changes and now["status"] in MOVING:
        yield Wait("eks", "addon_settled", **this)
    if changes:
        given = {"addonVersion": version} if version else {}
        yield AwsCall("eks", "update_addon", **this, **given, resolveConflicts="OVERWRITE", **values).because(changes)
        yield Wait("eks", "update_successful", name=cluster, addonName=addon, updateId=Answer("eks", "update_addon", "update.id"))
    if retagged:
        yield AwsCall("eks", "tag_resource", resourceArn=now["addonArn"], tags=tags).because(retagged)
    if not changes and not retagged:
        host.noop(f"addon {addon} is already present")


@operation()
def addon_active(addon: str, cluster: str, present: bool = True):
    """
    Wait until an EKS add-on is active; unwanted, start its deletion.

    + addon: its name
    + cluster: name of the cluster
    + present: whether it should exist

    **Idempotency:** an add-on that is active, or on its way out, is left alone.

    **Example:**

    .. code:: python

        eks.addon_active(addon="coredns", cluster="airflow-dev", name="CoreDNS ready")
    """
    now = host.get_fact(Addon, addon=addon, cluster=cluster)
    this = {"clusterName": cluster, "addonName": addon}
    if not present:
        now = own("addon", addon, now, (now or {}).get("tags"), present)
        if now and now["status"] == "DELETING":
            host.noop(f"addon {addon} is already being removed")
        elif now:
            yield from _delete(now, this)
        else:
            absent("addon", addon, now)
    elif now and now["status"] == "ACTIVE":
        host.noop(f"addon {addon} is already active")
    else:
        yield Wait("eks", "addon_active", **this).because([Change("status", now and now["status"], "ACTIVE")])


def _delete(now, this):
    if now["status"] == "DELETING":
        return
    if now["status"] in MOVING:
        yield Wait("eks", "addon_settled", **this)
    yield AwsCall("eks", "delete_addon", missing=MISSING, **this)


def _offered(addon, kubernetes, version):
    """The version that is wanted, or EKS's default, or the newest; ``None`` leaves it to EKS, which refuses what it does not have."""
    if kubernetes is None:
        return version
    offers = host.get_fact(AddonVersions, addon=addon, kubernetes=kubernetes) or []
    names = sorted((offer["addonVersion"] for offer in offers), key=numbers)
    if not names:
        return version
    if version is not None and version not in names:
        raise OperationError(f"addon {addon}: EKS has no {version} for Kubernetes {kubernetes}: choose one of {', '.join(reversed(names))}, or leave it to EKS")
    default = [offer["addonVersion"] for offer in offers if any(fit.get("defaultVersion") for fit in offer.get("compatibilities", ()))]
    return version or max(default or names, key=numbers)


def fitting(addon: str, live: str, pinned: str | None, fit: list[str]) -> str | None:
    """
    The version an add-on goes to so that it fits, ``None`` where it stays.

    + addon: its name
    + live: its version
    + pinned: the version it is to have
    + fit: the versions of Kubernetes, the one the cluster goes to last
    """
    offers = {kubernetes: host.get_fact(AddonVersions, addon=addon, kubernetes=kubernetes) or [] for kubernetes in fit}
    names = {kubernetes: {offer["addonVersion"] for offer in found} for kubernetes, found in offers.items()}
    last, common = names[fit[-1]], set.intersection(*names.values())
    if pinned:
        if last and pinned not in last:
            newest = ", ".join(sorted(last, key=numbers, reverse=True))
            raise OperationError(f"addon {addon}: {pinned} does not fit Kubernetes {fit[-1]}: pin one of {newest}, or leave it to EKS")
        return pinned if pinned in common else None
    if not common:
        return None
    defaults = {offer["addonVersion"] for offer in offers[fit[-1]] if any(fits.get("defaultVersion") for fits in offer.get("compatibilities", ()))}
    best = max(defaults & common or common, key=numbers)
    return None if live in common and (len(fit) > 1 or numbers(live) >= numbers(best)) else best


def _values(now):
    return [json.loads(now.get("configurationValues") or "{}")]
