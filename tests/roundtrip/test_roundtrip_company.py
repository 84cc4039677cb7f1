"""A company's account: its network, its boundary, its tags; planned against an account without Kubernetes."""

import pytest
from company_world import BOUNDARY, Company
from roundtrip_world import OWNER, boxed

OFFLINE = {"chart_mirror": "sandbox/charts", "db_ca_bundle": "sandbox/aws/rds-ca.pem"}


@pytest.fixture(scope="module")
def company():
    with boxed() as box:
        yield Company(box.up(kubernetes=False))


@pytest.fixture
def planned(company, tmp_path):
    def run(verb="install", **given):
        return company.box.run(verb, "--dry", "--diff", inventory=company.inventory(tmp_path), environment=company.keys, **OFFLINE, **given)

    return run


def test_the_example_can_be_made(company, planned):
    ran = planned()
    assert ran.code == 0 and ran.writes == [], ran.output
    assert "+ eks.cluster airflow-company" in ran.output
    assert not [line for line in ran.output.splitlines() if line.startswith(("+ ec2.vpc", "+ ec2.subnet", "+ ec2.nat", "+ ec2.route_table", "- "))]


def test_what_the_team_brings_is_in_the_plan(company, planned):
    plan = planned().output
    assert "value scheduler.resources.limits.memory of airflow is 4Gi, the project's own is 2Gi" in plan
    assert {"+ k8s.bundle airflow-platform-git", "+ k8s.bundle airflow-pools"} <= {line.strip() for line in plan.splitlines()}
    assert "a-key" not in plan and "a-token" not in plan


def test_a_secret_that_is_not_there_is_refused_before_anything_is_sent(company, planned):
    ran = planned(dags_secret="data-platform/none")
    assert ran.code != 0 and ran.writes == []
    assert 'Secrets Manager has no secret data-platform/none, or none that this caller may read: wanted one with the value {"private_key"}' in ran.output


@pytest.fixture(scope="module")
def whole():
    with boxed() as box:
        yield Company(box.up())


@pytest.mark.slow
def test_all_doors_at_once(whole, tmp_path):
    """Install, again, verify, change, cleanup; what was there before is as it was, byte for byte."""
    before, box = whole.photograph(), whole.box
    box.deployment = "airflow-company"
    how = {"inventory": whole.inventory(tmp_path), "environment": whole.keys, **OFFLINE, "db_deletion_protection": "false", "endpoint_public": "true"}
    how |= {"endpoint_public_cidrs": "52.94.76.10/32", "protect": "false", "secret_recovery_days": 0}
    box.done("install", **how)
    assert whole.photograph() == before
    roles = [role for role in box.client("iam").get_account_authorization_details(Filter=["Role"])["RoleDetailList"] if role["RoleName"].startswith("airflow-")]
    assert len(roles) > 10 and {(role["Path"], role["PermissionsBoundary"]["PermissionsBoundaryArn"]) for role in roles} == {("/data-platform/", BOUNDARY)}
    made = [thing for thing in box.things() if thing["type"] in ("volume", "load-balancer", "network-interface", "access-point") and OWNER in thing["tags"]]
    assert made and {thing["tags"].get("cost-center") for thing in made} == {"4711"}
    assert box.done("install", **how).writes == []
    assert "is as declared and works" in box.done("verify", **how).output
    changed = box.done("install", **how, core_nodes_max=12)
    assert [write for write in changed.writes if "UpdateNodegroupConfig" in write], changed.writes
    box.done("cleanup", **how)
    assert whole.photograph() == before
    assert [thing for thing in box.left() if OWNER in thing["tags"]] == []
