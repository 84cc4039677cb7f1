"""
What is known of a run as one HTML file for people: nothing is fetched, nothing is run, everything is escaped.

`page.html` says what is on it, `page.css` how it looks, `picture.svg` what the picture shows.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connectors.aws.sending import duration
from deploys.page import picture, states

_HERE = Path(__file__).parent

_NOT_ALWAYS = {"problems": [], "unmanaged": [], "quotas": [], "left_alone": [], "cost": None, "data_at_risk": [], "seconds": None}
"""What only some runs have to tell."""


def page(records: dict[str, dict]) -> str:
    """
    The page.

    + records: by host, as `deploys.record` keeps them
    """
    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    deployments = [_deployment(number, record) for number, record in enumerate(records.values(), 1)]
    style = Markup((_HERE / "page.css").read_text(encoding="utf-8"))
    return environment.get_template("page.html").render(deployments=deployments, signs=states.SIGNS, words=states.WORDS, style=style, duration=duration)


def _deployment(number: int, record: dict) -> dict:
    parts = states.parts(record)
    for place, part in enumerate(parts, 1):
        part["id"] = f"deployment-{number}-part-{place}"
    steps = [{**step, "state": states.of_step(record, step), "done": states.done(record, step)} for step in record["steps"]]
    return {
        "id": f"deployment-{number}",
        "record": {**_NOT_ALWAYS, **record},
        "verdict": states.verdict(record),
        "parts": parts,
        "steps": steps,
        "picture": picture.picture(record, parts),
    }
