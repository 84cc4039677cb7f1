"""A world in which all works, and whose things can be broken one by one."""

from types import SimpleNamespace

from pyinfra.context import ctx_host

from deploys.health.check import Check
from deploys.platform import platform
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}


class World:
    """
    Answers facts: ``kubernetes`` objects by ``namespace/Kind/name``, others by the fact's name and its first argument.

    + kubernetes, aws: what there is
    """

    name = "@eks/airflow-dev"
    data = SimpleNamespace(deployment="airflow-dev")

    def __init__(self, kubernetes: dict, aws: dict):
        self.kubernetes, self.aws = kubernetes, aws

    def get_fact(self, fact, **arguments):
        name = fact.name.removeprefix("facts.")
        if name == "k8s.Object":
            return self.kubernetes.get(f"{arguments.get('namespace')}/{arguments['kind']}/{arguments['object']}")
        if name == "k8s.Objects":
            return [item for key, item in self.kubernetes.items() if key.startswith(f"{arguments.get('namespace')}/{arguments['kind']}/")]
        return self.aws.get(f"{name} {next(iter(arguments.values()))}")


def settings(**given) -> Settings:
    return Settings.of({**GIVEN, **given})


def red(part, world: World, **given) -> list[str]:
    """The rows of a part that are not as wanted."""
    return [str(check) for check in rows(part, world, **given) if not check.healthy]


def rows(part, world: World, **given) -> list[Check]:
    with ctx_host.use(world):
        wanted = settings(**given)
        return list(part.checks(wanted, platform(wanted)))


def workload(name: str, ready: int = 1, wanted: int = 1) -> tuple[str, dict]:
    """``namespace/Kind/name`` and a live workload with so many ready pods."""
    _, kind, short = name.split("/")
    status = {"observedGeneration": 1, "availableReplicas": ready, "updatedReplicas": ready}
    if kind == "DaemonSet":
        status = {"observedGeneration": 1, "numberAvailable": ready, "updatedNumberScheduled": ready, "desiredNumberScheduled": wanted}
    return name, {"kind": kind, "metadata": {"name": short, "generation": 1}, "spec": {"replicas": wanted}, "status": status}
