"""docs/plans.md and docs/day2.md: what a plan says of the ordinary changes, and of an upgrade, as a terminal shows it."""

import os
import re
import shutil

import pytest
from drift_world import NAME, ROOT, Platform, plan_of

pytestmark = pytest.mark.slow

PAGE, DAY_2 = ROOT / "docs" / "plans.md", ROOT / "docs" / "day2.md"
SCREEN = 40
CHECKSUM = re.compile(r"\b[0-9a-f]{12}\.\.\.")
PASSING = [(CHECKSUM, "<checksum>"), (re.compile(r"\d+ days"), "<n> days"), (re.compile(r" on \d{4}-\d\d-\d\d"), " on <day>")]
"""What is another each time, and how the pages show it."""

COPIED = ("connectors", "deploys", "facts", "inventories", "manifests", "operations", "sandbox", "settings", "values", "dags")


@pytest.fixture(scope="module")
def plans(platform, tmp_path_factory):
    """The plan of each change."""
    platform.converge()
    return {
        "chart": chart_bump(platform, tmp_path_factory.mktemp("charts") / "charts"),
        "values": values_edited(platform, tmp_path_factory.mktemp("copy")),
        "group": rules_changed(platform),
    }


@pytest.fixture(scope="module")
def upgrades(platform):
    """What an upgrade says before it begins."""
    platform.converge()
    return {
        "refused": [line for line in planned(platform, code=1, kubernetes_version='"1.37"') if "deploys/upgrade.py" in line],
        "kubernetes": planned(platform, "upgrade", kubernetes_version='"1.37"'),
        "airflow": planned(platform, "upgrade", airflow_version="3.3.3"),
    }


def planned(platform, verb="install", code=0, **settings) -> list[str]:
    ended, lines = platform.run(verb, "--dry", "--diff", **settings)
    assert ended == code, "\n".join(lines[-20:])
    return [as_shown(line) for line in plan_of(lines) if not line.startswith("? ")]


def as_shown(line: str) -> str:
    for pattern, shown in PASSING:
        line = pattern.sub(shown, line)
    return line


def chart_bump(platform, mirror) -> list[str]:
    shutil.copytree(ROOT / "sandbox" / "charts", mirror)
    chart = mirror / "airflow" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("version: 1.22.0", "version: 1.22.1"))
    return planned(platform, chart_mirror=str(mirror), charts={"airflow": {"version": "1.22.1"}})


def values_edited(platform, copy) -> list[str]:
    for directory in COPIED:
        shutil.copytree(ROOT / directory, copy / directory)
    values = copy / "values" / "airflow.yaml"
    edits = {"airflow_pool.py.\n  replicas: 2": "airflow_pool.py.\n  replicas: 3", 'pods_creation_batch_size: "8"': 'pods_creation_batch_size: "16"'}
    for old, new in edits.items():
        assert old in values.read_text()
        values.write_text(values.read_text().replace(old, new))
    return planned(Platform(platform.sandbox, platform.home, platform.settings, root=copy))


def rules_changed(platform) -> list[str]:
    ec2 = platform.aws("ec2")
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-database"]}])["SecurityGroups"][0]
    anywhere = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[anywhere])
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    said = planned(platform)
    platform.converge()
    return said


def test_an_ordinary_change_fits_on_a_screen(plans):
    assert {change: len(lines) for change, lines in plans.items() if len(lines) > SCREEN} == {}
    assert {change: lines[-1] for change, lines in plans.items() if "to change, 0 to remove" not in lines[-1]} == {}


def test_the_page_shows_what_is_said(plans):
    compared(PAGE, plans)


def test_the_page_of_upgrades_shows_what_is_said(upgrades):
    compared(DAY_2, upgrades)


def compared(file, told):
    page = file.read_text()
    for change, lines in told.items():
        start, end = f"<!-- {change} -->\n```text\n", "\n```\n"
        before, _, rest = page.partition(start)
        assert rest, f"{change} is not on the page"
        page = before + start + "\n".join(lines) + end + rest.partition(end)[2]
    if os.environ.get("REGENERATE"):
        file.write_text(page)
    assert page == file.read_text(), "REGENERATE=1 pytest tests/drift/test_plans.py writes the page"
