"""Plain manifest and values files, and what a declaration lays over them."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml
from pyinfra.api.exceptions import OperationError

from settings.overrides import merge
from settings.root import ROOT

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, where PyYAML came with it: ten times as fast."""


class FileProblem(OperationError):
    """A manifest or values file that cannot be used. Its text names the file, the line and the trouble."""


class Manifest:
    """
    The objects of one bundle.

    + bundle: its name
    + objects: manifests; references anywhere in them
    """

    def __init__(self, bundle: str, objects: list[dict]):
        self.bundle, self.objects = bundle, objects

    def __str__(self):
        return self.bundle

    __repr__ = __str__


def documents(path: str) -> list[dict]:
    """
    The YAML documents of a file of the project.

    + path: from the project's root, ``manifests/storage.yaml``

    Raises `FileProblem`.
    """
    try:
        text = (ROOT / path).read_text()
        return [document for document in yaml.load_all(text, LOADER) if document is not None]
    except OSError as error:
        raise FileProblem(f"{path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else path
        raise FileProblem(f"{where}: {getattr(error, 'problem', None) or error}: it is no valid YAML, mend the file") from None


@lru_cache(maxsize=32)
def rendered(text: str) -> tuple[dict, ...]:
    """
    The objects of a rendered chart, lists of them taken apart.

    + text: as helm keeps it
    """
    found = [document for document in yaml.load_all(text, _Rendered) if document]
    return tuple(item for document in found for item in (document["items"] if document["kind"].endswith("List") and "items" in document else [document]))


class _Rendered(LOADER):
    """YAML as helm and Kubernetes read it: without dates, numbers to the base of 60 and the value ``=``."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("timestamp", "value", "int")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Rendered.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0x[0-9a-fA-F]+|0b[01]+|0[0-7]+|0|[1-9][0-9]*)$"), list("-+0123456789"))


def manifest(bundle: str, overlay: dict | None = None, objects: list | None = None) -> Manifest:
    """
    ``manifests/<bundle>.yaml`` with a declaration laid over it.

    + bundle: the file's name, without suffix; the file may be absent when ``objects`` are given
    + overlay: by ``Kind/name``, what is merged into that object
    + objects: further objects, declared in full

    Raises `FileProblem` when the overlay names an object that is not in the file.
    """
    path = f"manifests/{bundle}.yaml"
    plain = documents(path) if objects is None or (ROOT / path).exists() else []
    waiting = dict(overlay or {})
    merged = [merge(item, waiting.pop(f"{item['kind']}/{item['metadata']['name']}", {})) for item in plain]
    if waiting:
        raise FileProblem(f"{path}: {', '.join(waiting)} is not in it, and the declaration wants to lay something over it")
    return Manifest(bundle, merged + (objects or []))


def values(release: str, overlay: dict | None = None) -> dict:
    """
    ``values/<release>.yaml`` with a declaration laid over it.

    Raises `FileProblem`.
    """
    plain = documents(f"values/{release}.yaml")
    if len(plain) > 1 or (plain and not isinstance(plain[0], dict)):
        raise FileProblem(f"values/{release}.yaml: one mapping of values is wanted")
    return merge(plain[0] if plain else {}, overlay or {})
