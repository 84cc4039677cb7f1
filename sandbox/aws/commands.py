"""Commands of helm and kubectl that write, told by the programs of `sandbox.commands`: faults strike them as they strike calls."""

import itertools
import time
from dataclasses import dataclass, field

from sandbox.aws.faults import REFUSED, Fault, Faults
from sandbox.aws.journal import Journal

SAID = {
    "kubectl": {
        "throttled": "Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later",
        "error": "Error from server (InternalError): an error on the server has prevented the request from succeeding",
        "denied": 'Error from server (Forbidden): {action} is forbidden: User "administrator" cannot {action} these objects',
        "lost": "Unable to connect to the server: unexpected EOF",
    },
    "helm": {
        "throttled": "Error: {failed}: the server has received too many requests and has asked us to try again later",
        "error": "Error: {failed}: an error on the server has prevented the request from succeeding",
        "denied": 'Error: {failed}: secrets is forbidden: User "administrator" cannot list resource "secrets" in API group ""',
        "lost": "Error: {failed}: unexpected EOF",
    },
}
"""What the programs print when the API server does that to them."""


@dataclass
class Command:
    """A command that writes; to faults and to the log it is a call of the service `helm` or `kubectl`."""

    service: str
    action: str
    params: dict
    fault: str | None = None
    writes: bool = True
    region: str = ""
    account: str = ""
    principal: str = ""
    told: dict = field(default_factory=dict)

    def said(self, kind: str) -> str:
        text = SAID[self.service].get(kind, "")
        return text.format(action=self.action, failed=f"{self.action.upper()} FAILED")


class Commands:
    """What is to happen to each, and those that are being carried out before something does."""

    def __init__(self, journal: Journal):
        self.journal = journal
        self.numbers = itertools.count(1)
        self.struck: dict[int, tuple[Faults, Fault, Command]] = {}

    def begun(self, document: dict, faults: Faults | None) -> dict:
        """`said` is how it fails at once, `number` where to tell how it ended."""
        tool, arguments = document["tool"], document["arguments"]
        command = Command(tool, arguments[0], {"arguments": arguments[1:], "objects": document["objects"]})
        fault = faults and faults.strike(command)
        if fault and fault.kind not in REFUSED:
            number = next(self.numbers)
            self.struck[number] = faults, fault, command
            return {"number": number}
        if fault:
            faults.tell(fault, command)
        self.write(command)
        return {"said": command.said(fault.kind)} if fault else {}

    def ended(self, number: int, code: int, connection) -> dict | None:
        """What it prints before it fails; None where its end is not answered."""
        faults, fault, command = self.struck.pop(number)
        if code:
            faults.spare(fault, command)
        else:
            faults.tell(fault, command)
        self.write(command)
        if command.fault == "held":
            faults.hold(command, connection)
            return None
        return {"said": command.said("lost")} if command.fault == "lost" else {}

    def write(self, command: Command) -> None:
        self.journal.write(command, time.time(), 0, None, 0)
