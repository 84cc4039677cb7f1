"""Add-ons: updated, deleted."""

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks import kubernetes_addons
from sandbox.aws.eks.addon_schemas import read_configuration
from sandbox.aws.eks.addons import SETTLED, associate_roles, check_role, check_version, find_addon, settle
from sandbox.aws.eks.backend import Cluster, Description, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_request
from sandbox.aws.eks.kubernetes import already_done
from sandbox.aws.eks.updates import start_update
from sandbox.aws.repeats import either
from sandbox.aws.rules import answers


@answers("eks", "UpdateAddon")
def update_addon(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    addon = find_addon(cluster, given["addonName"])
    if addon["status"] not in (*SETTLED, "CREATE_FAILED", "UPDATE_FAILED"):
        raise in_use(f"Addon {addon['addonName']} cannot be updated as it is currently in {addon['status']} status", clusterName=cluster.name)
    if given.get("addonVersion"):
        check_version(cluster, addon["addonName"], given["addonVersion"])
    read_configuration(addon["addonName"], given.get("configurationValues"))
    check_role(call, given.get("serviceAccountRoleArn"))
    associate_roles(call, cluster, addon)
    keys = ("addonVersion", "configurationValues", "serviceAccountRoleArn")
    changes = {key: given[key] for key in keys if given.get(key) is not None}

    def done() -> None:
        addon.update(changes)
        kubernetes_addons.install(cluster, addon)
        settle(cluster, addon)

    asked = changes | {key: given[key] for key in ("resolveConflicts", "podIdentityAssociations") if given.get(key) is not None}
    params = {key[0].upper() + key[1:]: value for key, value in asked.items()}
    name, fails = addon["addonName"], call.fault == "failed"
    update = start_update(cluster, addon, "AddonUpdate", params, "eks addon update", done, addon=name, fails=fails)
    return {"update": update}


@answers("eks", "DeleteAddon")
def delete_addon(call: Call) -> dict:
    cluster = cluster_of(call)
    addon = find_addon(cluster, call.params["addonName"])
    if addon["status"] == "DELETING":
        message = f"Addon {addon['addonName']} cannot be deleted as it is currently in DELETING status"
        either(call, addon["addonArn"], invalid_request(message, clusterName=cluster.name, addonName=addon["addonName"]))
        return {"addon": addon}
    addon["status"] = "DELETING"
    preserve = call.params.get("preserve")
    removed = already_done() if preserve else kubernetes_addons.remove(cluster, addon["addonName"])
    clock.after("eks addon delete", lambda: vanish(cluster, addon, removed))
    return {"addon": addon}


def vanish(cluster: Cluster, addon: Description, removed) -> None:
    if not removed.is_set():
        clock.after(0.2 * clock.scale, lambda: vanish(cluster, addon, removed))
        return
    cluster.addons.pop(addon["addonName"], None)
    cluster.associations = {n: a for n, a in cluster.associations.items() if a.get("ownerArn") != addon["addonArn"]}
