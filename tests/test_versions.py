"""Versions: what runs keeps its own where the inventory names none, and what is known against one is told."""

import copy
from datetime import date
from types import SimpleNamespace

import pytest
from pyinfra.api import State
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host, ctx_state
from pyinfra_cli.inventory import make_inventory_from_files

from connectors.eks import EksConnector
from deploys.platform import platform
from deploys.versions import kept, stay, told
from facts.eks import Cluster, Nodegroup
from facts.helm import Release
from facts.rds import Instance
from settings import Settings
from settings.defaults import FILE, defaults
from settings.support import ENDS, EXTENDED, HOLES, KARPENTER, NEWEST, SEEN
from settings.versions import karpenter_lacks, known

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
OWNER = {"airflow-on-eks/deployment": "airflow-dev"}
LIVE = {
    Cluster: {"status": "ACTIVE", "version": "1.34", "tags": OWNER},
    Instance: {"DBInstanceStatus": "available", "EngineVersion": "16.9", "TagList": [{"Key": key, "Value": value} for key, value in OWNER.items()]},
    Release: {"version": 4, "config": {"airflowVersion": "3.2.2"}, "labels": OWNER},
}
NAMES = ("kubernetes_version", "db_engine_version", "airflow_version")
DAY = date(2026, 11, 27)


def versions(settings) -> tuple[str, ...]:
    return tuple(getattr(settings, name) for name in NAMES)


def decided(live, **named) -> tuple[Settings, list[str]]:
    """The settings of a deployment whose inventory names some versions, and what is said."""
    said = []
    host = SimpleNamespace(
        data=SimpleNamespace(deployment="airflow-dev"), get_fact=lambda fact, **which: live.get(fact), log_styled=lambda line, fg: said.append(line)
    )
    with ctx_host.use(host):
        return kept(Settings.of({**GIVEN, **named}, named=named), DAY), said


def test_what_runs_keeps_its_versions():
    settings, said = decided(LIVE)
    assert versions(settings) == ("1.34", "16", "3.2.2")
    (line,) = said
    for part in (
        f"Kubernetes stays 1.34, since the inventory names no kubernetes_version (the default is {defaults()['kubernetes_version']}",
        "PostgreSQL stays 16, since the inventory names no db_engine_version",
        "Airflow stays 3.2.2",
        "out of support since 2026-07-06, has CVE-2026-33264, fixed in 3.3.0, has CVE-2026-82355, fixed in 3.3.2",
    ):
        assert part in line


def test_what_hangs_on_a_version_follows():
    wants = {str(want): want for want in platform(decided(LIVE)[0])}
    assert wants["eks.addon coredns"].fields["kubernetes"] == wants["eks.nodegroup core-node-group"].fields["version"] == "1.34"
    assert wants["helm.release cluster-autoscaler"].fields["overlay"]["image"]["tag"].startswith("v1.34.")
    assert wants["rds.parameter_group airflow-dev-postgres16"].fields["family"] == "postgres16"
    assert wants["helm.release airflow"].fields["overlay"]["defaultAirflowTag"] == "3.2.2"


def test_a_new_deployment_gets_the_defaults_and_nothing_is_said():
    settings, said = decided({})
    assert versions(settings) == tuple(defaults()[name] for name in NAMES) and said == []


def test_the_defaults_are_as_good_as_any():
    assert told(Settings.of(GIVEN), {}, DAY) == []


@pytest.mark.parametrize(
    ("fact", "change", "setting"),
    [
        (Cluster, {"tags": {}}, "kubernetes_version"),
        (Cluster, {"status": "DELETING"}, "kubernetes_version"),
        (Instance, {"TagList": []}, "db_engine_version"),
        (Instance, {"DBInstanceStatus": "deleting"}, "db_engine_version"),
        (Release, {"labels": {"airflow-on-eks/deployment": "airflow-two"}}, "airflow_version"),
    ],
)
def test_what_is_somebody_elses_or_goes_decides_nothing(fact, change, setting):
    settings, _ = decided({**LIVE, fact: {**LIVE[fact], **change}})
    assert getattr(settings, setting) == defaults()[setting]


def test_a_release_from_before_the_label_counts():
    assert decided({**LIVE, Release: {**LIVE[Release], "labels": {}}})[0].airflow_version == "3.2.2"


@pytest.mark.parametrize(("live", "major"), [("17.9", "17"), ("18.1", "18")])
def test_what_rds_raised_is_taken_as_it_is(live, major):
    settings, said = decided({Instance: {**LIVE[Instance], "EngineVersion": live}})
    assert settings.db_engine_version == major and len(said) == (major != defaults()["db_engine_version"])


def test_what_eks_raised_is_taken_as_it_is():
    assert decided({Cluster: {**LIVE[Cluster], "version": "1.37"}})[0].kubernetes_version == "1.37"


def test_an_upgrade_under_way_counts():
    pending = {**LIVE[Instance], "PendingModifiedValues": {"EngineVersion": "17.6"}}
    assert decided({Instance: pending})[0].db_engine_version == "17"


def test_versions_that_are_named_are_wanted():
    live = copy.deepcopy(LIVE)
    named = {"kubernetes_version": "1.35", "db_engine_version": "17", "airflow_version": "3.3.2"}
    settings, said = decided(live, **named)
    assert versions(settings) == ("1.35", "17", "3.3.2") and said == []


def refused_to_move(live, **named) -> str:
    host = SimpleNamespace(name="@eks/airflow-dev", data=SimpleNamespace(deployment="airflow-dev"), get_fact=lambda fact, **which: live.get(fact))
    with ctx_host.use(host), pytest.raises(PyinfraError) as caught:
        stay(Settings.of({**GIVEN, **named}, named=named).running({}))
    return str(caught.value)


def test_an_install_moves_no_version():
    named = {"kubernetes_version": "1.35", "db_engine_version": "15", "airflow_version": "3.2.2"}
    assert refused_to_move(LIVE, **named) == (
        "@eks/airflow-dev: an install moves no version of what runs, and nothing was sent:\n"
        "    Kubernetes is 1.34, and kubernetes_version names 1.35: deploys/upgrade.py goes there\n"
        "    PostgreSQL is 16.9, and db_engine_version names 15: deploys/rollback.py goes there"
    )


def test_nodes_that_are_behind_are_told_and_hold_the_drift():
    group = {"version": "1.33"}
    settings, said = decided({**LIVE, Nodegroup: group})
    assert settings.nodes_held and "nodes stay 1.33 while Kubernetes 1.34 is watched: deploys/upgrade.py takes them along" in said[0]
    assert not decided({**LIVE, Nodegroup: {"version": "1.34"}})[0].nodes_held


def test_a_named_version_with_a_hole_is_told_too():
    _, said = decided({}, airflow_version="3.3.1")
    assert said == ["versions: Airflow 3.3.1: has CVE-2026-82355, fixed in 3.3.2"]


@pytest.mark.parametrize(
    ("setting", "version", "today", "said"),
    [
        ("kubernetes_version", "1.34", "2026-09-02", []),
        ("kubernetes_version", "1.34", "2026-12-01", ["out of support in 1 days, after 2026-12-02, when EKS upgrades it by itself"]),
        ("kubernetes_version", "1.34", "2026-12-03", ["out of support since 2026-12-02"]),
        ("kubernetes_version", "1.59", "2026-12-03", []),
        ("db_engine_version", "14.9", "2027-03-01", ["out of support since 2027-02-28"]),
        ("db_engine_version", "14.9", "2027-02-01", ["out of support in 27 days, after 2027-02-28"]),
        ("airflow_version", "3.10.0", "2026-12-03", []),
    ],
)
def test_what_is_known_against_a_version(setting, version, today, said):
    assert list(known(setting, version, date.fromisoformat(today))) == said


def test_days_are_days_and_settings_are_settings():
    assert {*ENDS, *EXTENDED, *HOLES} <= set(Settings.names()) and {*NEWEST} <= {*Settings.names(), *defaults()["charts"]}
    assert all(date.fromisoformat(day) for ends in (*ENDS.values(), *EXTENDED.values(), {"": SEEN}) for day in ends.values())


def test_paid_support_is_longer():
    for setting, ends in EXTENDED.items():
        assert {series for series, day in ends.items() if day <= ENDS[setting][series]} == set()


def test_the_karpenter_of_the_defaults_fits_the_kubernetes_of_the_defaults():
    pinned, kubernetes = defaults()["charts"]["karpenter"]["version"], defaults()["kubernetes_version"]
    assert kubernetes in KARPENTER and karpenter_lacks(pinned, kubernetes) is None
    (line,) = told(Settings.of({**GIVEN, "charts": {"karpenter": {"version": "1.12.3"}}}), {}, DAY)
    assert line == f"Karpenter 1.12.3 does not fit Kubernetes {kubernetes}: 1.13 is the first that does"


def connected(directory, ours=True, others="", **typed) -> Settings:
    """The settings as pyinfra has them of an inventory, with the project's own group data beside it or somebody's."""
    (directory / "group_data").mkdir()
    if ours:
        (directory / "group_data" / "all.py").symlink_to(FILE)
    if others:
        (directory / "group_data" / "mine.py").write_text(others)
    inventory = directory / "mine.py"
    inventory.write_text(f"deployments = [('@eks/airflow-dev', { ({**GIVEN, 'db_engine_version': '16'})!r})]")
    with ctx_state.use(State()):
        (host,) = make_inventory_from_files(str(inventory), typed)
        host.data.dict()
        return EksConnector(SimpleNamespace(), SimpleNamespace(data=host.data, inventory=host.inventory, name=host.name, groups=host.groups)).settings


def test_the_projects_defaults_name_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.eks.beside", lambda inventory: True)
    settings = connected(tmp_path, kubernetes_version="1.35")
    assert [settings.defaulted(name) for name in NAMES] == [False, False, True]


def test_group_data_of_the_users_own_names(tmp_path):
    assert not connected(tmp_path, ours=False, others="airflow_version = '3.3.1'").defaulted("airflow_version")
