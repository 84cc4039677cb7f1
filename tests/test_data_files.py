"""Facts and operations as data files: every folder under tests/facts and tests/operations becomes a class of tests."""

from pathlib import Path

from pyinfra_testing.facts import make_fact_tests
from pyinfra_testing.operations import make_operation_tests

HERE = Path(__file__).parent

for folder in sorted((HERE / "facts").iterdir()):
    globals()[f"Fact_{folder.name.replace('.', '_')}"] = make_fact_tests("facts", folder.name, folder)

for folder in sorted((HERE / "operations").iterdir()):
    globals()[f"Operation_{folder.name.replace('.', '_')}"] = make_operation_tests("operations", folder.name, folder)

LADDER = ("create", "again", "change", "refused", "remove", "already_absent")
