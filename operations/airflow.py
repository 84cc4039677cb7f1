"""Operations on Airflow as a whole."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.attempt import Attempt
from connectors.commands.command import Kubectl
from connectors.kubernetes.drain import Drained
from facts.k8s import Objects
from operations import rds
from operations.differ import Change


@operation()
def stopped(
    stopped: str,
    first: dict | None = None,
    then: dict | None = None,
    tasks: str | None = None,
    drain: int = 0,
    snapshots: list | None = None,
    present: bool = True,
):
    """
    Stop what works on the database: the scheduler first, so that nothing new is begun; what runs ends by itself; snapshots are taken; then the rest.
    The release's own numbers of pods bring all of it back.

    + stopped: the namespace
    + first: Deployments that begin tasks, with their numbers of pods
    + then: the other Deployments that write, with theirs
    + tasks: label selector of the pods of running tasks
    + drain: how long these are given (minutes); 0: they are not waited for
    + snapshots: what is taken meanwhile, arguments of `rds.snapshot`
    + present: ``False`` leaves it as it is

    **Idempotency:** nothing is done where all of it is stopped and the snapshots are there. When a task does not end in time or a snapshot fails,
    what was stopped is started again.

    **Example:**

    .. code:: python

        airflow.stopped(
            stopped="airflow",
            first={"airflow-scheduler": 2},
            then={"airflow-api-server": 2, "airflow-triggerer": 1},
            tasks="kubernetes_executor=True",
            drain=60,
            name="Airflow stopped",
        )
    """
    live = host.get_fact(Objects, api_version="apps/v1", kind="Deployment", namespace=stopped) if present else None
    there = {item["metadata"]["name"]: item["spec"].get("replicas", 1) for item in live or ()}
    running = {name: pods for name, pods in {**(first or {}), **(then or {})}.items() if there.get(name)}
    taken = [command for snapshot in snapshots or () for command in rds.snapshot._inner(**snapshot)] if present else []
    if not running and not taken:
        host.noop(f"what works on the database in {stopped} is {'already stopped' if present else 'left alone'}")
        return
    pods = lambda names, wanted: [_scaled(stopped, name, wanted(name)) for name in names or () if name in there]  # noqa: E731
    waited = [Drained(stopped, tasks, drain)] if drain and tasks else []
    commands = [*pods(first, lambda name: 0), *waited, *taken, *pods(then, lambda name: 0)]
    numbers = {**(first or {}), **(then or {})}
    back = pods(numbers, numbers.get)
    changes = [Change("replicas", there[name], 0, f"Deployment/{name}") for name in running]
    yield Attempt(*commands, back=back, told=f"what was stopped in {stopped} is started again").because(changes)


def _scaled(namespace: str, deployment: str, pods: int) -> Kubectl:
    return Kubectl("scale", f"deployment/{deployment}", f"--replicas={pods}", "--namespace", namespace)
