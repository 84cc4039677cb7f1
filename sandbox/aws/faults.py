"""
Faults to inject: `{"faults": [{"service": "ec2", "action": "CreateVpc", "nth": 1, "kind": "throttled"}]}`.

+ service, action: botocore's names, or `helm`, `kubectl` and the verb of a command; `*` is any, and `"writes": true` counts only what writes
+ nth: which of the calls that match (default 1); `"times"`: how many from there on (default 1, 0 for ever)
+ each: a call that comes again, the same but for its tokens, does not count again: with `"times": 0` all of them are struck once
+ kind: `throttled`, `error` (500), `denied`; `lost` (carried out, its answer is not), `held` (carried out, and not answered until the
  caller has gone or other faults are set: time to kill it); `noted` (nothing happens to it); `failed` (answered as ever, and what it
  begins comes to nothing: the calls of `BEGINNING`)

`GET /sandbox/faults` tells what was struck, in order; `/sandbox/faults/<n>` leaves out the first n. What is refused anyway is neither lost nor held.
"""

import contextlib
import json
import select
import socket
import threading
from dataclasses import dataclass, field

from sandbox.aws.answer import Wire, write_error
from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.journal import masked_params

REFUSED = ("throttled", "error", "denied")
KINDS = (*REFUSED, "lost", "held", "noted", "failed")
BEGINNING = {("eks", "UpdateClusterVersion"), ("eks", "UpdateNodegroupVersion"), ("eks", "UpdateAddon"), ("eks", "StartInsightsRefresh")}
BEGINNING |= {("rds", "CreateDBSnapshot")}
"""What goes on in AWS after its answer, and can fail there; a refresh of insights finds an error."""

THROTTLED = {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "iam": "Throttling", "sts": "Throttling", "rds": "Throttling"}
DENIED = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied", "iam": "AccessDenied", "sts": "AccessDenied", "rds": "AccessDenied"}
PASSING = {"ClientToken", "clientToken", "ClientRequestToken", "clientRequestToken", "IdempotencyToken", "CreationToken"}
PASSING |= {"Value", "SecretString", "MasterUserPassword", "FinalDBSnapshotIdentifier"}
"""Parameters that differ each time the same is asked for."""


@dataclass
class Fault:
    service: str = "*"
    action: str = "*"
    nth: int = 1
    times: int = 1
    kind: str = "error"
    writes: bool = False
    each: bool = False
    seen: int = 0
    met: set = field(default_factory=set)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"fault of kind {self.kind}: it is one of {', '.join(KINDS)}")
        if self.kind == "failed" and (self.service, self.action) not in BEGINNING:
            raise ValueError(f"{self.service} {self.action} begins nothing that could fail: {', '.join(sorted(map(' '.join, BEGINNING)))} do")

    def strikes(self, call) -> bool:
        if self.service not in ("*", call.service) or self.action not in ("*", call.action) or (self.writes and not call.writes):
            return False
        if self.each:
            if identity(call) in self.met:
                return False
            self.met.add(identity(call))
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)


class Faults:
    """The faults of a file, each counting for itself, and what they struck."""

    def __init__(self, document: dict):
        self.faults = [Fault(**fault) for fault in document.get("faults", ())]
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.struck: list[dict] = []

    def strike(self, call) -> Fault | None:
        """The fault that is due for a call or a command."""
        with self.lock:
            return next(iter([fault for fault in self.faults if fault.strikes(call)]), None)

    def spare(self, fault: Fault, call) -> None:
        """It could not be struck: its next time counts."""
        with self.lock:
            fault.seen -= 1
            fault.met.discard(identity(call))

    def tell(self, fault: Fault, call) -> None:
        call.fault = fault.kind
        told = {"service": call.service, "action": call.action, "params": masked_params(call), "kind": fault.kind, "held": fault.kind == "held"}
        with self.lock:
            self.struck.append(told)
            call.told = told

    def around(self, call: Call, perform) -> Wire | None:
        """The answer, or None where there is none: the connection ends without one."""
        fault = self.strike(call)
        if not fault:
            return perform(call)
        if fault.kind in REFUSED:
            self.tell(fault, call)
            return write_error(call, error(fault.kind, call))
        sent = None
        call.fault = fault.kind if fault.kind == "failed" else None
        try:
            sent = perform(call)
        finally:
            if sent is None or sent[0] >= 400:
                self.spare(fault, call)
                call.fault = None
        if sent[0] >= 400:
            return sent
        self.tell(fault, call)
        return sent if fault.kind in ("noted", "failed") else None

    def report(self, after: int = 0) -> dict:
        with self.lock:
            return {"in_force": bool(self.faults), "struck": self.struck[after:]}

    def hold(self, call, connection: socket.socket) -> None:
        """Until the caller has gone, or other faults are in force."""
        with contextlib.suppress(OSError):
            while not self.ended.is_set():
                readable, _, _ = select.select([connection], [], [], 0.1)
                if readable and not connection.recv(1, socket.MSG_PEEK):
                    break
        call.told["held"] = False


def identity(call) -> tuple[str, str, str]:
    """What is asked for, whoever asks and how often."""
    params = {name: value for name, value in call.params.items() if name not in PASSING}
    return call.service, call.action, json.dumps(params, sort_keys=True, default=str)


def error(kind: str, call: Call) -> AwsError:
    if kind == "throttled":
        code = THROTTLED.get(call.service, "ThrottlingException")
        return AwsError(code, "Rate exceeded", status=503 if call.service in ("ec2", "s3") else 400)
    if kind == "denied":
        code = DENIED.get(call.service, "AccessDeniedException")
        message = f"User: {call.principal} is not authorized to perform: {call.service}:{call.action}"
        return AwsError(code, message, status=403)
    return AwsError("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", status=500)
