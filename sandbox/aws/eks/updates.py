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
) -> Description:
    """
    The thing is UPDATING until `event` has passed; then `done` makes the change.

    + kind: the update's type, as `VersionUpdate`
    + params: what is asked, by the names EKS uses in `Update.params`
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
            thing["status"] = "ACTIVE"
            done()
        update["status"] = "Successful"
        if "modifiedAt" in thing:
            thing["modifiedAt"] = now()

    clock.after(event, finish)
    return dict(update)


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
