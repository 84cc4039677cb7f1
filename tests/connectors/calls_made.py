"""Every call of AWS the product may make, read from its source: a name of a service and a name of one of its calls in one file."""

import ast
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

ROOT = Path(__file__).parents[2]
ROOMS = ("connectors", "facts", "operations", "deploys")
SESSION = botocore.session.get_session()


@cache
def actions(service: str) -> dict[str, str]:
    """A service's calls: AWS's name by boto3's."""
    return {xform_name(name): name for name in SESSION.get_service_model(service).operation_names}


def calls_made() -> set[tuple[str, str]]:
    services, found = set(SESSION.get_available_services()), set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text())
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        begun = {node.values[0].value for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)}
        begun = {text for text in begun if text.count("_") > 1 and text.replace("_", "").isalpha()}
        for service in texts & services:
            found |= {(service, action) for action in actions(service) if action in texts or any(action.startswith(text) for text in begun)}
    return found


def model(service: str, action: str):
    """botocore's model of a call."""
    return SESSION.get_service_model(service).operation_model(actions(service)[action])
