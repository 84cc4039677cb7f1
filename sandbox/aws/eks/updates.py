"""Updates: what is asked of a cluster, node group or add-on once it is there."""

import datetime
import json
import uuid
from collections.abc import Callable

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks.backend import Cluster, Description, Update, cluster_of
from sandbox.aws.eks.errors import not_found
from sandbox.aws.pages import page
from sandbox.aws.rules import answers


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def start_update(
    cluster: Cluster,
    thing: Description,
    kind: str,
    params: dict,
    event: str,
    done: Callable[[], None],
    nodegroup: str | None = None,
    addon: str | None = None,
    fails: bool = False,
) -> Description:
    """
    The thing is UPDATING until `event` has passed; then `done` makes the change.

    + kind: the update's type, as `VersionUpdate`
    + params: what is asked, by the names EKS uses in `Update.params`
    + fails: nothing comes of it
    """
    update = {
        "id": str(uuid.uuid4()),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": value if isinstance(value, str) else json.dumps(value)} for name, value in params.items()],
        "createdAt": now(),
        "errors": [],
    }
    cluster.updates[update["id"]] = Update(update, (nodegroup, addon))
    thing["status"] = "UPDATING"

    def finish() -> None:
        if thing["status"] == "UPDATING":
            thing["status"] = "UPDATE_FAILED" if fails and addon else "ACTIVE"
            if not fails:
                done()
        update["status"] = "Failed" if fails else "Successful"
        update["errors"] = [failure(nodegroup, addon)] if fails else []
        if "modifiedAt" in thing:
            thing["modifiedAt"] = now()

    clock.after(event, finish)
    return dict(update)


def failure(nodegroup: str | None, addon: str | None) -> dict:
    """Why an update came to nothing: what EKS meets most often."""
    if nodegroup:
        message = f"Reached max retries while trying to evict pods from nodes in node group {nodegroup}"
        return {"errorCode": "PodEvictionFailure", "errorMessage": message, "resourceIds": [nodegroup]}
    if addon:
        message = "The add-on is unhealthy because it doesn't have the desired number of replicas."
        return {"errorCode": "InsufficientNumberOfReplicas", "errorMessage": message, "resourceIds": [addon]}
    message = "One or more of the subnets associated with your cluster does not have enough available IP addresses"
    return {"errorCode": "IpNotAvailable", "errorMessage": message, "resourceIds": []}


@answers("eks", "DescribeUpdate")
def describe_update(call: Call) -> dict:
    cluster = cluster_of(call)
    update = cluster.updates.get(call.params["updateId"])
    if not update or update.of != (call.params.get("nodegroupName"), call.params.get("addonName")):
        raise not_found(f"No update found for ID: {call.params['updateId']}", clusterName=cluster.name)
    return {"update": update.description}


@answers("eks", "ListUpdates")
def list_updates(call: Call) -> dict:
    of = call.params.get("nodegroupName"), call.params.get("addonName")
    ids, token = page(call, [key for key, update in cluster_of(call).updates.items() if update.of == of])
    return {"updateIds": ids, "nextToken": token}
