"""Two deployments in one account: in one inventory side by side, and under one name in two regions."""

import pytest
from roundtrip_world import INVENTORY, OWNER, ROOT

HOST = '("@sandbox/{name}", {{"account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"], "chart_mirror": "{root}/sandbox/charts",'
HOST += ' "db_deletion_protection": False, "db_ca_bundle": "{root}/sandbox/aws/rds-ca.pem"}})'


@pytest.fixture
def pair(tmp_path):
    inventory = tmp_path / "pair.py"
    inventory.write_text(f"deployments = [{', '.join(HOST.format(name=name, root=ROOT) for name in ('airflow-one', 'airflow-two'))}]\n")
    return inventory


def owned(box, name):
    return {thing["id"] for thing in box.things() if thing["tags"].get(OWNER) == name and not thing["default"]}


@pytest.mark.slow
def test_two_deployments_are_installed_verified_and_removed_side_by_side(box, pair, tmp_path):
    installed = box.done("install", inventory=pair)
    print(f"two deployments: {installed.seconds:.0f} s")
    one, two = owned(box, "airflow-one"), owned(box, "airflow-two")
    assert len(one) == len(two) > 60 and not one & two
    files = {"json": tmp_path / "verify.json", "junit": tmp_path / "verify.xml"}
    answer = box.done("verify", inventory=pair, **files)
    for name in ("airflow-one", "airflow-two"):
        assert f"[@sandbox/{name}] {name} is as declared and works" in answer.output
        assert f'"@sandbox/{name}"' in files["json"].read_text() and f"@sandbox/{name}.works" in files["junit"].read_text()
    assert box.done("install", inventory=pair).writes == []
    broken = box.run("verify", "--limit", "@sandbox/airflow-two", inventory=pair, log_retention_days=30)
    assert broken.code != 0 and "airflow-one" not in broken.output
    box.done("cleanup", "--limit", "@sandbox/airflow-two", inventory=pair)
    assert "is as declared and works" in box.done("verify", "--limit", "@sandbox/airflow-one", inventory=pair).output
    removed = box.done("cleanup", inventory=pair, skip_final_snapshot="true")
    assert [call["params"]["SkipFinalSnapshot"] for call in removed.calls if call["action"] == "DeleteDBInstance"] == [True]
    assert box.done("cleanup", inventory=pair).writes == []
    assert len(box.processes()) == 1


@pytest.mark.slow
def test_one_name_in_two_regions_is_two_deployments(box):
    box.done("install")
    elsewhere = box.done("install", region="eu-central-1")
    assert all(call["region"] in ("eu-central-1", "us-east-1", None) for call in elsewhere.calls if call["write"])
    assert box.done("install", inventory=INVENTORY).writes == []
    box.done("verify", region="eu-central-1")
    box.done("cleanup", region="eu-central-1")
    box.done("verify")
    box.done("cleanup")
