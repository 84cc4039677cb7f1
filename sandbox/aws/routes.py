"""The sandbox's own routes, under /sandbox."""

import json
from collections.abc import Callable
from pathlib import Path

from sandbox.aws.answer import plain
from sandbox.aws.call import read_body
from sandbox.aws.clock import clock, lock

Route = Callable[[dict, object], tuple | None]


def find_route(environ: dict) -> Route | None:
    path = environ.get("PATH_INFO", "")
    if not path.startswith("/sandbox/"):
        return None
    name, *rest = path.removeprefix("/sandbox/").split("/")
    route = ROUTES.get((environ["REQUEST_METHOD"], name))
    if not route:
        return lambda environ, application: plain(404, {"message": f"no route {environ['REQUEST_METHOD']} {path}"})
    return lambda environ, application: route(environ, application, *rest)


def health(environ, application):
    return plain(200, {"time_scale": clock.scale, "now": clock.now()})


def time_scale(environ, application):
    clock.scale = float(json.loads(read_body(environ))["time_scale"])
    return health(environ, application)


def latency(environ, application):
    application.latency = float(json.loads(read_body(environ))["milliseconds"]) / 1000
    return plain(200, {})


def state(environ, application):
    from sandbox.aws.state import account_state

    with lock:
        clock.catch_up()
        return plain(200, account_state())


def authenticate(environ, application, region, cluster):
    from sandbox.aws.eks.tokens import review

    return plain(200, review(json.loads(read_body(environ)), region, cluster))


def clusters(environ, application):
    from sandbox.aws.eks.backend import all_clusters

    with lock:
        return plain(200, [cluster.summary() for cluster in all_clusters()])


def faults(environ, application, after="0"):
    """What was struck since the faults in force were set, after the first so many; a POST sets others."""
    if environ["REQUEST_METHOD"] == "POST":
        application.set_faults(json.loads(read_body(environ)))
    return plain(200, application.faults.report(int(after)) if application.faults else {"in_force": False, "struck": []})


def quotas(environ, application):
    """Quotas of every account by code, from now on; those that are not named are as they were at the start."""
    from sandbox.aws import quotas

    quotas.applied.clear()
    quotas.applied.update(json.loads(read_body(environ)))
    return plain(200, {})


def costs(environ, application):
    """What Cost Explorer tells from now on: `tag`, `since` and `spent`."""
    from sandbox.aws import cost_explorer

    cost_explorer.told.clear()
    cost_explorer.told.update(json.loads(read_body(environ)))
    return plain(200, {})


def control_policies(environ, application):
    """What the organization denies from now on."""
    from sandbox.aws import control_policies

    control_policies.documents[:] = json.loads(read_body(environ))
    return plain(200, {})


def command(environ, application, number=None):
    """A command of helm or kubectl that is about to run; with its number, that has ended."""
    document = json.loads(read_body(environ))
    if number is None:
        return plain(200, application.commands.begun(document, application.faults))
    answer = application.commands.ended(int(number), document["code"], environ["werkzeug.socket"])
    return None if answer is None else plain(200, answer)


def outside(environ, application):
    from sandbox.aws import outside

    return plain(200, outside.told())


def pod_identity(environ, application, region, cluster):
    """Which service accounts have an association; a POST of a pod's token answers credentials of its role."""
    from sandbox.aws.eks import pod_credentials

    try:
        if environ["REQUEST_METHOD"] == "GET":
            return plain(200, pod_credentials.associations(region, cluster))
        return plain(200, pod_credentials.assume(region, cluster, json.loads(read_body(environ))["token"]))
    except pod_credentials.Refused as refused:
        return plain(refused.status, {"__type": refused.kind, "message": str(refused)})


def image(environ, application):
    """What stands for an image that a node asks for, made where that takes a while; or why nothing does."""
    from sandbox.aws.eks import images

    return plain(200, images.find(json.loads(read_body(environ))["image"]))


def karpenter(environ, application):
    """How Karpenter is; a POST of its program has it run from now on."""
    from sandbox.aws.eks import karpenter

    with lock:
        if environ["REQUEST_METHOD"] == "POST":
            karpenter.use(Path(json.loads(read_body(environ))["program"]))
        return plain(200, karpenter.told())


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "health"): health,
    ("GET", "time-scale"): health,
    ("POST", "time-scale"): time_scale,
    ("GET", "state"): state,
    ("GET", "clusters"): clusters,
    ("POST", "authenticate"): authenticate,
    ("GET", "faults"): faults,
    ("POST", "faults"): faults,
    ("GET", "outside"): outside,
    ("GET", "pod-identity"): pod_identity,
    ("POST", "pod-identity"): pod_identity,
    ("POST", "command"): command,
    ("POST", "image"): image,
    ("POST", "quotas"): quotas,
    ("POST", "costs"): costs,
    ("POST", "control-policies"): control_policies,
    ("POST", "latency"): latency,
    ("GET", "karpenter"): karpenter,
    ("POST", "karpenter"): karpenter,
}
