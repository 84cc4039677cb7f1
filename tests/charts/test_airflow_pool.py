"""pgbouncer's pool: large enough that a first install cannot stand still, small enough for the database, and never one pod alone."""

import pytest
from test_airflow_values import DECLARED, LEAST, merged

from connectors.commands.reference import Text
from connectors.kubernetes.manifest import values
from deploys.platform import airflow_objects as objects
from deploys.platform.airflow_pool import SURGE, connections, pool_size
from deploys.platform.database import database
from settings import Settings

MORE = {"apiServer": {"replicas": 4}, "scheduler": {"replicas": 3}, "dagProcessor": {"replicas": 2}, "triggerer": {"replicas": 2}}
SCALES = pytest.mark.parametrize("more", [{}, MORE, {"scheduler": {"replicas": 8}}], ids=["ours", "more", "schedulers"])


def waiting(workload: dict) -> bool:
    """Whether a container of a workload waits for the migrations."""
    spec = workload["spec"]["template"]["spec"]
    return any("check-migrations" in " ".join(container.get("args", [])) for container in [*spec.get("initContainers", []), *spec["containers"]])


@SCALES
def test_everybody_who_waits_gets_two_connections_and_the_migration_four(render, more):
    release = values("airflow", {**DECLARED["volume"], **more})
    waiters = [item for item in render(release).values() if item["kind"] in ("Deployment", "Job") and waiting(item)]
    pods = sum(item["spec"].get("replicas", 1) for item in waiters)
    assert len(waiters) == 5 and pool_size(release) >= 2 * pods + 4


def test_ini_holds_the_size():
    config = next(item for item in objects.secrets(Settings.of(LEAST)) if item["metadata"]["name"] == "airflow-platform-pgbouncer-config")
    ini = config["stringData"]["pgbouncer.ini"]
    assert isinstance(ini, Text) and "pool_size={pool_size}\n" in ini.template and ini.parts["pool_size"] == pool_size(merged("volume"))


def test_surge_is_the_charts(render):
    rolling = render(merged("volume"))["Deployment/airflow-pgbouncer"]["spec"]["strategy"]["rollingUpdate"]
    assert rolling == {"maxSurge": SURGE, "maxUnavailable": 0}


def test_database_is_asked_to_allow_all_pods_together():
    release = merged("volume")
    (instance,) = (want for want in database(Settings.of(LEAST)) if want.kind == "rds.instance")
    assert instance.fields["connections"] == connections(release) == (release["pgbouncer"]["replicas"] + SURGE) * pool_size(release)


def test_two_pods_are_spread_and_leave_one_at_a_time(render):
    live = render(merged("volume"))
    pool = live["Deployment/airflow-pgbouncer"]["spec"]
    assert pool["replicas"] == 2
    spread = pool["template"]["spec"]["topologySpreadConstraints"]
    assert [item["topologyKey"] for item in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    labels = pool["template"]["metadata"]["labels"]
    assert all(item["labelSelector"]["matchLabels"].items() <= labels.items() for item in spread)
    budget = live["PodDisruptionBudget/airflow-pgbouncer-pdb"]["spec"]
    assert budget["maxUnavailable"] == 1 and budget["selector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize("pool", [True, False])
def test_another_size_makes_pgbouncers_pods_anew_and_no_others(monkeypatch, pool):
    before = objects.stamp(Settings.of(LEAST), pool=pool)
    monkeypatch.setattr(objects, "pool_size", lambda release: 99)
    assert (objects.stamp(Settings.of(LEAST), pool=pool) != before) == pool
