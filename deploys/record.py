"""What is known of a run: a record for each deployment, written as JSON for machines and as a page for people."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.page import page
from deploys.platform import parts
from deploys.want import Want
from settings import Settings

_KNOWN: dict[str, dict[str, dict]] = {}
"""The records of this process by file and host."""


def of_run(settings: Settings, wants: list[Want]) -> dict:
    """
    What every record begins with: which run it is, whose and where, and what the platform is made of.

    + wants: in the order of the run
    """
    return {
        "deployment": settings.deployment,
        "run": {
            "verb": Path(host.state.current_exec_filename).stem,
            "began": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "caller": host.connector.aws.caller["Arn"],
            "account": settings.account_id,
            "region": settings.region,
            "version": version("airflow-on-eks"),
        },
        "zones": [{"zone": zone, "things": [str(want) for want in wants if _in(zone, want)]} for zone in settings.zones],
        "parts": [_part(name, wants) for name in parts()],
    }


def keep(settings: Settings, record: dict) -> None:
    """
    Write the record where ``--data json=FILE`` and ``--data html=FILE`` want it; with several hosts each adds its own under its name.

    + record: of this host
    """
    for setting, file, rendering in (("json", settings.json_file, _json), ("html", settings.html_file, page)):
        if file:
            known = _KNOWN.setdefault(file, {})
            known[host.name] = record
            try:
                Path(file).write_text(rendering(known), encoding="utf-8", errors="replace")
            except OSError as error:
                raise PyinfraError(f"{file}: {error.strerror}: give --data {setting}= a file that can be written") from None


def _json(known: dict[str, dict]) -> str:
    return json.dumps(known, indent=2, default=str) + "\n"


def _in(zone: str, want: Want) -> bool:
    return want.fields.get("zone") == zone or want.subject.endswith(f"-{zone}")


def _part(name: str, wants: list[Want]) -> dict:
    declared = [want for want in wants if want.part == name and want.present and not want.stray]
    return {"part": name, "declared": len(declared), "versions": {str(want): want.fields["version"] for want in declared if want.fields.get("version")}}
