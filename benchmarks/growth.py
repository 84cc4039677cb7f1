"""How calls and time grow with the deployment."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from benchmarks.account import ROOT, Account, account
from benchmarks.inventory import FULL, wants_of, write_inventory
from benchmarks.kubernetes import requests
from benchmarks.results import repeated, summary
from benchmarks.tables import table
from settings.defaults import defaults

TITLE = "Growth: add-ons, node pools and namespaces"
TIME_SCALE = 600
SWITCHES = [setting for setting in defaults() if setting.startswith("enable_")]
ADDONS = {"all off": dict.fromkeys(SWITCHES, False), "default": {}, "all on": dict.fromkeys(SWITCHES, True)}
POOL, TEAM = "spark-compute-optimized", "spark-team-a"
COPIED = ("connectors", "dags", "deploys", "facts", "inventories", "manifests", "operations", "sandbox", "settings", "values")


def run(options) -> dict:
    """
    First install and no-change install with add-ons off, as by default and on, and with more and more node pools and namespaces.

    + options: `teams`, `runs`
    """
    rows = [_row(f"add-ons {name}", settings, 1, options.runs) for name, settings in ADDONS.items()]
    rows += [_row(f"{teams} node pools and namespaces", FULL, teams, options.runs) for teams in options.teams]
    return {"rows": rows}


def _row(case: str, settings: dict, teams: int, runs: int) -> dict:
    with account(TIME_SCALE) as here:
        where = {"project": project(here, teams), "inventory": write_inventory(here.directory, **settings), "told": f"({case})"}
        first = here.run("install", **where)
        again = repeated(lambda: here.run("install", **where), runs - 1)
        with requests() as asked:
            again.append(here.run("install", **where))
    return {
        "case": case,
        "wants": sum(want.present for want in wants_of(**settings)),
        "first": summary([first]),
        "again": summary(again),
        "requests": asked.count,
    }


def project(here: Account, teams: int) -> Path:
    """
    A copy of the project whose manifests hold the sample's node pool and the team's namespace several times, as a user would write them.

    + here: the sandbox it is installed on
    + teams: how many of each
    """
    if teams == 1:
        return ROOT
    copy = here.directory / "project"
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for bundle, name, kinds in (("karpenter-spark", POOL, ("NodePool",)), (TEAM, TEAM, ())):
        path = copy / "manifests" / f"{bundle}.yaml"
        path.write_text(yaml.safe_dump_all(multiplied(list(yaml.safe_load_all(path.read_text())), name, kinds, teams)))
    return copy


def multiplied(documents: list[dict], name: str, kinds: tuple, times: int) -> list[dict]:
    """
    The documents, and those of the kinds again under numbered names.

    + documents: of a manifest
    + name: what is numbered, wherever it names or is a namespace
    + kinds: which (all, when empty)
    + times: how often each is there in the end
    """
    chosen = [document for document in documents if not kinds or document["kind"] in kinds]
    return documents + [_numbered(document, name, number) for number in range(2, times + 1) for document in chosen]


def _numbered(document: dict, name: str, number: int) -> dict:
    copy = yaml.safe_load(yaml.safe_dump(document))
    for key in ("name", "namespace"):
        if copy["metadata"].get(key) == name:
            copy["metadata"][key] = f"{name}-{number}"
    return copy


def tables(found: dict) -> str:
    """
    + found: what `run` gave
    """
    head = ["", "wants", "first install s", "AWS calls", "of them polls", "no-change s", "CPU s", "AWS calls", "Kubernetes requests", "peak MiB", "runs"]
    rows = [
        [
            row["case"],
            row["wants"],
            *(row["first"][name] for name in ("seconds", "calls", "polls")),
            *(row["again"][name] for name in ("seconds", "cpu_seconds", "calls")),
            row["requests"],
            *(row["again"][name] for name in ("peak_mib", "runs")),
        ]
        for row in found["rows"]
    ]
    return table(head, rows)
