"""Where the paths in settings lead, and which keys of an inventory are settings."""

from pathlib import Path

import pytest

from settings import Settings, SettingsError
from settings.paths import PATHS, placed
from settings.root import ROOT

GIVEN = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}


@pytest.fixture(autouse=True)
def somewhere(tmp_path, monkeypatch):
    """A working directory that is neither the project's nor the inventory's."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_what_an_inventory_names_is_beside_it_and_what_is_typed_is_here(somewhere):
    data = dict.fromkeys(PATHS, "a/b")
    beside = placed(data, (), Path("/etc/inventories"))
    assert set(beside.values()) == {"/etc/inventories/a/b"}
    typed = placed(data, ["json", "chart_mirror"], Path("/etc/inventories"))
    assert {setting for setting, value in typed.items() if value == str(somewhere / "a/b")} == {"json", "chart_mirror"}


@pytest.mark.parametrize("value", ["/a/b", "global", "oci://example.com/a", "https://example.com/a", None, "", 7])
def test_what_is_no_relative_path_stays(value):
    assert placed({"chart_mirror": value}, (), Path("/etc")) == {"chart_mirror": value}


def test_a_home_directory_is_the_callers(monkeypatch):
    monkeypatch.setenv("HOME", "/home/anna")
    assert placed({"json": "~/plan.json"}, (), Path("/etc")) == {"json": "/home/anna/plan.json"}


def test_the_settings_are_the_same_from_everywhere():
    sandbox = {"chart_mirror": "../sandbox/charts", "db_ca_bundle": "../sandbox/aws/rds-ca.pem"}
    kept = Settings.of({**GIVEN, **sandbox}, inventory=ROOT / "inventories")
    assert Path(kept.db_ca_bundle).read_text() and Path(kept.chart_mirror, "airflow", "Chart.yaml").exists()


@pytest.mark.parametrize("setting", ["chart_mirror", "db_ca_bundle"])
def test_what_is_not_there_is_refused_with_the_place_it_was_looked_for(setting):
    with pytest.raises(SettingsError) as caught:
        Settings.of({**GIVEN, setting: "nowhere"}, inventory=Path("/etc"))
    (line,) = caught.value.lines
    assert line.startswith(f"{setting} is '/etc/nowhere': no such ")


def test_keys_that_resemble_no_setting_are_the_users_own():
    data = {**GIVEN, "team": "data", "cost_centre": 42, "slack_channel": "#ops", "_sudo": True, "ssh_user": "root"}
    assert Settings.own(data) == ["team", "cost_centre", "slack_channel"]
    assert Settings.of(data) == Settings.of(GIVEN)


@pytest.mark.parametrize("misspelt", ["enable_karpneter", "zone", "kubernetes_versoin", "acount_id", "ingress_cidr", "Region", "name"])
def test_keys_that_resemble_a_setting_are_refused(misspelt):
    assert Settings.own([misspelt]) == []
    with pytest.raises(SettingsError, match=f"{misspelt} is not a setting"):
        Settings.of({**GIVEN, misspelt: "x"})


def test_what_is_typed_is_a_setting():
    with pytest.raises(SettingsError, match="team is not a setting"):
        Settings.of({**GIVEN, "team": "data"}, typed=["team"])
