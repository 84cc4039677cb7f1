"""The manifest files beside this module."""

from pathlib import Path

import yaml

HERE = Path(__file__).parent
DEFAULT_ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts/default"


def load(file: str) -> list[dict]:
    """The objects in a file, in order."""
    with (HERE / file).open() as text:
        return [manifest for manifest in yaml.safe_load_all(text) if manifest]
