"""The critical path: its arithmetic on a small example, and that the platform's is made of what the platform keeps."""

import pytest

from benchmarks.critical_path import cleanup_path, critical_path, install_path, total
from benchmarks.inventory import FULL, wants_of
from benchmarks.needs import RULES, mirrored, needs
from deploys.run import backwards, forwards

NEEDS = {"network": [], "role": [], "cluster": ["network", "role"], "database": ["network"], "nodes": ["cluster"], "airflow": ["nodes", "database"]}
SECONDS = {"network": 1, "role": 10, "cluster": 500, "database": 700, "nodes": 120, "airflow": 0}


@pytest.fixture(scope="module")
def wants():
    return wants_of(**FULL)


def test_the_longest_chain_counts():
    assert critical_path(SECONDS, NEEDS) == [("network", 1), ("database", 700)]
    assert critical_path({**SECONDS, "nodes": 300}, NEEDS) == [("role", 10), ("cluster", 500), ("nodes", 300)]
    assert total(critical_path({**SECONDS, "airflow": 5}, NEEDS)) == 706


def test_a_removal_waits_for_what_needs_the_thing():
    assert mirrored(NEEDS)["network"] == ["cluster", "database"] and mirrored(NEEDS)["airflow"] == []
    assert critical_path({**SECONDS, "database": 100}, mirrored(NEEDS)) == [("nodes", 120), ("cluster", 500), ("role", 10)]


def test_the_platforms_paths(wants):
    made, removed = install_path(wants), cleanup_path(wants)
    assert [thing.partition(" ")[0] for thing, _ in made] == ["iam.role", "eks.cluster", "eks.addon", "eks.nodegroup", "elbv2.load_balancer"]
    assert total(made) == 10 + 510 + 40 + 120 + 150
    assert removed == [("rds.instance airflow-1", 120 + 300)]


def test_the_database_takes_as_long_as_it_is_told_to_be_safe():
    single = wants_of(db_multi_az=False, db_backup_days=0, skip_final_snapshot=True, ingress_scheme=None)
    assert [thing.partition(" ")[0] for thing, _ in cleanup_path(single)] == ["eks.addon", "eks.nodegroup", "eks.addon", "eks.cluster"]


@pytest.mark.parametrize(("direction", "order"), [(needs, forwards), (lambda wants: mirrored(needs(wants)), backwards)], ids=["install", "cleanup"])
def test_every_dependency_is_kept_by_the_declared_order(wants, direction, order):
    declared = [str(want) for want in order(wants)]
    late = [f"{thing} needs {other}" for thing, others in direction(wants).items() for other in others if declared.index(other) > declared.index(thing)]
    assert late == []


def test_every_rule_is_about_something_that_is_wanted(wants):
    from fnmatch import filter as matching

    names = [str(want) for want in wants]
    assert [rule for rule in RULES for pattern in rule if not matching(names, pattern)] == []
