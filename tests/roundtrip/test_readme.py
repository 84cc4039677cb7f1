"""The commands of README, CONTRIBUTING and docs: each is run by a test."""

import ast
import re

import pytest
from roundtrip_world import ROOT

INSTALL, CLEANUP, BAD = "test_roundtrip_install", "test_roundtrip_cleanup", "test_roundtrip_bad_input"
COVERED = {
    "git clone <address of this repository> airflow-on-eks && cd airflow-on-eks": "test_make_sandbox.test_a_fresh_clone_becomes_a_verified_platform",
    "make sandbox": "test_make_sandbox.test_a_fresh_clone_becomes_a_verified_platform",
    "make down": "test_make_sandbox.test_a_fresh_clone_becomes_a_verified_platform",
    "python -m sandbox up --time-scale 600": "test_make_sandbox.test_the_sandboxs_commands",
    "python -m sandbox status": "test_make_sandbox.test_the_sandboxs_commands",
    "python -m sandbox env": "test_make_sandbox.test_the_sandboxs_commands",
    "python -m sandbox down": "test_make_sandbox.test_the_sandboxs_commands",
    "python3 -m venv .venv && pip install --editable .": "test_make_sandbox.test_a_fresh_clone_becomes_a_verified_platform",
    "pyinfra -y inventories/sandbox.py deploys/verify.py": f"{INSTALL}.test_verify_passes_tells_people_and_machines_and_says_what_comes_next",
    "pyinfra -y inventories/sandbox.py deploys/cleanup.py": f"{CLEANUP}.test_a_second_cleanup_changes_nothing_and_sends_no_write",
    "pyinfra --dry --diff inventories/dev.py deploys/install.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra inventories/dev.py deploys/install.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra -y inventories/dev.py deploys/verify.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra -y inventories/dev.py deploys/status.py": "test_roundtrip_status.test_status_tells_a_platform_on_one_screen",
    "pyinfra -y inventories/dev.py deploys/open.py": "test_running_airflow.test_the_ui_is_opened_through_a_tunnel",
    "pyinfra --dry --diff inventories/dev.py deploys/upgrade.py": "test_roundtrip_upgrades.test_what_an_upgrade_would_do_is_told_and_an_install_refused",
    "pyinfra --dry --diff inventories/dev.py deploys/rollback.py": "test_roundtrip_upgrades.test_what_an_upgrade_would_do_is_told_and_an_install_refused",
    "pyinfra -y inventories/dev.py deploys/cost.py": "test_roundtrip_cost.test_without_the_right_to_ask_for_prices_the_table_answers",
    "pyinfra -y --data actual=true inventories/dev.py deploys/cost.py": "test_roundtrip_cost.test_a_cost_tag_that_is_not_activated_is_told",
    "pyinfra -y --data run_dag=true inventories/dev.py deploys/verify.py": "test_running_airflow.test_verify_runs_a_dag_and_reads_its_log_back",
    "pyinfra -y inventories/dev.py deploys/backup.py": "test_roundtrip_backup.test_a_set_is_taken_listed_and_removed",
    "pyinfra -y --dry inventories/dev.py deploys/backup.py": "test_roundtrip_backup.test_a_set_is_taken_listed_and_removed",
    "pyinfra -y --data delete=20261128t020000z inventories/dev.py deploys/backup.py": "test_roundtrip_backup.test_a_set_is_taken_listed_and_removed",
    "pyinfra -y --data html=verify.html inventories/dev.py deploys/verify.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra -y --data json=verify.json --data junit=verify.xml inventories/dev.py deploys/verify.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra -y --data prune=true inventories/dev.py deploys/install.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra --dry --diff inventories/dev.py deploys/cleanup.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra inventories/dev.py deploys/cleanup.py": "test_roundtrip_dev.test_the_way_of_a_platform_on_aws",
    "pyinfra --dry --diff dev.py $(python -m deploys)/install.py": "installed/test_installed.test_a_plan_from_an_empty_directory",
    "python -m sandbox up": "test_make_sandbox.test_a_fresh_clone_becomes_a_verified_platform",
    "pyinfra -y inventories/sandbox.py deploys/install.py": f"{INSTALL}.test_the_first_install_makes_it",
    "pyinfra --dry --diff inventories/sandbox.py deploys/install.py": f"{INSTALL}.test_a_dry_run_on_an_empty_account_lists_every_resource_and_sends_no_write",
    "python tests/sweep --verb cleanup --kind lost --points 20:40": "sweep/test_sweep_sandbox.test_a_slice_of_the_sweep_survives",
    "python tests/sweep --resume --write": "sweep/test_sweep.test_a_sweep_that_is_taken_up_again_leaves_out_what_was_tried",
    "python tests/sweep --resume --again --write": "sweep/test_sweep.test_what_failed_is_struck_again_where_it_is_wanted",
    "python -m pytest tests/live --live --account-id <12 digits> --from-cidr <your address>/32": None,
    "python -m pytest tests/live --live --account-id <12 digits> --from-cidr <your address>/32 -k round_trip": None,
    "make test": None,
    "make slow": None,
    "make sweep": None,
}
"""By command, without `.venv/bin/`, the test that runs it; `make test` runs this one, and what is on a real account is run there."""


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    blocks = re.findall(r"^( *)```bash\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [line.strip().replace(".venv/bin/", "") for _, block in blocks for line in block.splitlines() if line.strip()]


def test_every_command_is_run_by_a_test():
    assert sorted(set(commands())) == sorted(COVERED)


@pytest.mark.parametrize("test", sorted({test for test in COVERED.values() if test}))
def test_the_test_of_a_command_is_there(test):
    module, _, name = test.partition(".")
    tree = ast.parse((ROOT / "tests" / (f"{module}.py" if "/" in module else f"roundtrip/{module}.py")).read_text(encoding="utf-8"))
    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("target", ["sandbox", "down", "test", "slow", "sweep"])
def test_the_make_targets_are_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_files_and_folders_that_are_named_are_there():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES[:2])
    named = re.findall(r"`((?:inventories|deploys|operations|facts|connectors|settings|manifests|values|dags|sandbox|tests)/[\w/.]*)`", text)
    named += re.findall(r"\]\((docs/[\w.]+)\)", text)
    assert [path for path in named if not (ROOT / path).exists()] == []
