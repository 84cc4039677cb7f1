"""
The plan of each example inventory for an empty account, kept in `tests/plans`: what a change of the code does to it is a diff in review.

`pytest tests/roundtrip/test_golden_plans.py --write-plans` writes them anew.
"""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from roundtrip_world import ROOT
from test_roundtrip_dev import OFFLINE

PLANS = ROOT / "tests" / "plans"
EXAMPLES = sorted(path for path in (ROOT / "inventories").glob("*.py") if path.stem not in ("sandbox", "company"))
"""That of a company needs the company's account: `test_roundtrip_company` plans it there."""
VARYING = re.compile(r"\b[0-9a-f]{12}\.\.\.|\b[0-9a-f]{16,64}\b")
"""Digests."""


def filled(example: Path, directory: Path) -> Path:
    """The inventory as a person fills it in."""
    text = example.read_text().replace('"000000000000"', '"123456789012"')
    path = directory / example.name
    path.write_text(text.replace('"endpoint_public_cidrs": []', '"endpoint_public_cidrs": ["52.94.76.10/32"]'))
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_plan_of_an_example_is_the_one_that_is_kept(account, example, tmp_path, pytestconfig):
    keys = {"AWS_ENDPOINT_URL": account.endpoint, "AWS_ACCESS_KEY_ID": account.daemon["access_key_id"]}
    keys["AWS_SECRET_ACCESS_KEY"] = account.daemon["secret_access_key"]
    run = account.done("install", "--dry", "--diff", environment=keys, inventory=filled(example, tmp_path), **OFFLINE)
    lines = [line.rstrip() for line in run.output.splitlines() if not line.startswith("-->")]
    plan = VARYING.sub("<digest>", dedent("\n".join(lines))).strip("\n") + "\n"
    kept = PLANS / f"{example.stem}.txt"
    if pytestconfig.getoption("--write-plans"):
        kept.write_text(plan)
    assert plan == kept.read_text(), "if that is what the change is for: pytest tests/roundtrip/test_golden_plans.py --write-plans"
