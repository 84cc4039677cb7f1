"""What a run of pyinfra came to."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """A finished run: its exit code, all it printed, the calls AWS saw, how long it took, what each operation came to (of all deployments)."""

    code: int
    output: str
    calls: list[dict]
    seconds: float
    results: dict[str, str] = field(default_factory=dict)

    @property
    def writes(self) -> list[str]:
        return [f"{call['service']} {call['action']}" for call in self.calls if call["write"]]

    @property
    def changed(self) -> list[str]:
        return [name for name, result in self.results.items() if result != "unchanged"]


def results(record: Path) -> dict[str, str]:
    """What each operation came to, by the file of `--data json=`: a verb of the plan, `unchanged` or `failed`; nothing of a run that began none."""
    try:
        kept = json.loads(record.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {name: result for deployment in kept.values() for name, result in deployment.get("results", {}).items()}
