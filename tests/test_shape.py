"""The style, held by tests: what every operation and fact says of itself, and which way imports go."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from pyinfra.api import FactBase

import facts
import operations

ROOT = Path(__file__).parent.parent
LAYERS = ["settings", "connectors", "facts", "operations", "deploys"]
CLOSED = {"sandbox": ["sandbox"], "connectors/sandbox.py": ["connectors", "sandbox", "settings"]}


def modules(package):
    return [importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]


def all_operations():
    found = {}
    for module in modules(operations):
        for thing in vars(module).values():
            inner = getattr(thing, "_inner", None)
            if inner is not None and inner.__module__.startswith("operations"):
                found[f"{inner.__module__}.{inner.__name__}"] = inner
    return [pytest.param(inner, id=name) for name, inner in sorted(found.items())]


def all_facts():
    found = {}
    for module in modules(facts):
        for thing in vars(module).values():
            if inspect.isclass(thing) and issubclass(thing, FactBase) and thing.__module__.startswith("facts") and "command" in vars(thing):
                found[f"{thing.__module__}.{thing.__name__}"] = thing
    return [pytest.param(thing, id=name) for name, thing in sorted(found.items())]


@pytest.mark.parametrize("operation", all_operations())
def test_an_operation_says_what_it_does(operation):
    parameters = inspect.signature(operation).parameters
    assert list(parameters)[-1] == "present", "present comes last"
    text = inspect.getdoc(operation) or ""
    missing = [name for name in parameters if f"+ {name}" not in text and f", {name}" not in text]
    assert not missing, f"not documented: {', '.join(missing)}"
    for part in ("**Idempotency:**", "**Example:**", ".. code:: python"):
        assert part in text, f"{part} is missing"


@pytest.mark.parametrize("fact", all_facts())
def test_a_fact_says_what_it_returns(fact):
    text = inspect.getdoc(fact) or ""
    assert text.startswith("Returns"), "the first word is: Returns"
    missing = [name for name in inspect.signature(fact.command).parameters if name != "self" and f"+ {name}" not in text and f", {name}" not in text]
    assert not missing, f"not documented: {', '.join(missing)}"


@pytest.mark.parametrize("path", sorted(str(path.relative_to(ROOT)) for layer in LAYERS for path in (ROOT / layer).rglob("*.py")))
def test_imports_go_one_way(path):
    layer = path.partition("/")[0]
    allowed = set(CLOSED.get(path, LAYERS[: LAYERS.index(layer) + 1]))
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.partition(".")[0]
            if top in {*LAYERS, "sandbox"} and not (isinstance(node, ast.ImportFrom) and node.level):
                assert top in allowed, f"{path} imports {name}"


def test_boto3_is_imported_by_the_connectors_alone():
    guilty = [
        str(path.relative_to(ROOT))
        for layer in ("settings", "facts", "operations", "deploys")
        for path in (ROOT / layer).rglob("*.py")
        if "boto3" in path.read_text() and "import boto3" in path.read_text()
    ]
    assert guilty == []


def test_there_is_no_utils():
    assert [path for layer in [*LAYERS, "sandbox"] for path in (ROOT / layer).rglob("util*.py")] == []
