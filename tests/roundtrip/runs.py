"""What a run of pyinfra came to."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """A finished run: its exit code, all it printed, the calls AWS saw, how long it took."""

    code: int
    output: str
    calls: list[dict]
    seconds: float

    @property
    def writes(self) -> list[str]:
        return [f"{call['service']} {call['action']}" for call in self.calls if call["write"]]

    @property
    def results(self) -> dict[str, str]:
        """Each operation of pyinfra's closing table: `changed`, `failed` or `unchanged`."""
        rows = re.findall(r"^    (\S.*?) {2,}\d+ +(\d+|-) +(\d+|-) +(\d+|-) *$", self.output, re.MULTILINE)
        found = {name: "failed" if error != "-" else "changed" if success != "-" else "unchanged" for name, success, error, _ in rows}
        return {name: result for name, result in found.items() if name != "Grand total"}

    @property
    def changed(self) -> list[str]:
        return [name for name, result in self.results.items() if result != "unchanged"]
