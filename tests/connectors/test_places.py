"""From which directory pyinfra is run is no matter, and a run that reaches no deployment is no success."""

import pytest
from aws_server import ACCOUNT
from command_line import ROOT, CommandLine

INVENTORY = f"""deployments = [("@eks/airflow-test", {{"account_id": "{ACCOUNT}", "endpoint_public_cidrs": ["52.94.76.10/32"], MORE}})]\n"""
DEPLOY = "from pyinfra.context import host\nprint('mirror', host.connector.settings.chart_mirror, 'json', host.connector.settings.json_file)\n"


@pytest.fixture
def pyinfra(server, tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture
def beside(pyinfra):
    """Writes an inventory in a directory of its own, with a mirror beside it."""
    (pyinfra.directory / "team/charts").mkdir(parents=True)
    return lambda more: pyinfra.file("team/dev.py", INVENTORY.replace("MORE", more))


@pytest.mark.parametrize("place", ["home", "team/charts"])
def test_an_inventory_means_the_same_from_everywhere(pyinfra, beside, place):
    beside('"chart_mirror": "charts"')
    up = {"home": "../team", "team/charts": ".."}[place]
    code, out = pyinfra.run("-y", "--data", "json=plan.json", f"{up}/dev.py", pyinfra.file("deploy.py", DEPLOY), cwd=pyinfra.directory / place)
    assert code == 0, out
    assert f"mirror {pyinfra.directory / 'team/charts'} json {pyinfra.directory / place / 'plan.json'}" in out


def test_what_is_not_beside_it_is_one_line(server, pyinfra, beside):
    code, out = pyinfra.run("-y", beside('"db_ca_bundle": "nowhere"'), "deploys/verify.py")
    (line,) = [line for line in out.splitlines() if "nowhere" in line]
    assert code == 1 and f"{pyinfra.directory}/team/nowhere': no such file" in line and "Traceback" not in out and server.calls == []


def test_a_key_of_the_users_own_is_told_and_a_misspelt_setting_refused(server, pyinfra, beside):
    deploy = pyinfra.file("deploy.py", DEPLOY)
    code, out = pyinfra.run("-y", beside('"cost_centre": 42'), deploy)
    assert code == 0 and out.count("cost_centre is no setting and resembles none: it is left to you") == 1
    code, out = pyinfra.run("-y", "--data", "cost_centre=42", beside('"cost_centre": 42, "chart_miror": "charts"'), deploy)
    assert code == 1 and "chart_miror is not a setting; did you mean chart_mirror?" in out and "cost_centre is not a setting" in out


NOBODY = {
    "limit": (["--limit", "nobody"], "--limit nobody leaves no deployment: {inventory} has @eks/airflow-test"),
    "exclude": (["--exclude", "@eks/*"], "--exclude @eks/* leaves no deployment: {inventory} has @eks/airflow-test"),
}


@pytest.mark.parametrize(("verb", "words"), [("install", "limit"), ("verify", "limit"), ("cleanup", "limit"), ("verify", "exclude")])
def test_a_run_that_reaches_nobody_fails(server, pyinfra, beside, verb, words):
    inventory = beside("")
    code, out = pyinfra.run("-y", *NOBODY[words][0], inventory, f"{ROOT}/deploys/{verb}.py", cwd=pyinfra.home)
    assert code == 1 and f"Error: {NOBODY[words][1].format(inventory=inventory)}" in out and "Traceback" not in out and server.calls == []


@pytest.mark.parametrize("inventory", ["nowhere/dev.py", "empty.py"])
def test_an_inventory_without_deployments_fails(pyinfra, inventory):
    pyinfra.file("empty.py", "deployments = []\n")
    code, out = pyinfra.run("-y", inventory, f"{ROOT}/deploys/verify.py", cwd=pyinfra.directory)
    assert code == 1 and f"Error: {inventory} has no deployments" in out and "Traceback" not in out


def test_other_peoples_deploys_are_left_alone(pyinfra, beside):
    code, _ = pyinfra.run("-y", "--limit", "nobody", beside(""), pyinfra.file("deploy.py", DEPLOY))
    assert code == 0
