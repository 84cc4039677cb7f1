"""
Faults to inject: `{"faults": [{"service": "ec2", "action": "CreateVpc", "nth": 1, "kind": "throttled"}]}`.

+ service, action: botocore's names; `*` is any, and `"writes": true` counts only calls that write
+ nth: which of the calls that match (default 1); `"times"`: how many from there on (default 1, 0 for ever)
+ kind: `throttled`, `error` (500), `denied`, or `lost` (carried out, its answer is not)
"""

import threading
from dataclasses import dataclass

from sandbox.aws.answer import Wire, write_error
from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError

KINDS = ("throttled", "error", "denied", "lost")
THROTTLED = {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "iam": "Throttling", "sts": "Throttling", "rds": "Throttling"}
DENIED = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied", "iam": "AccessDenied", "sts": "AccessDenied", "rds": "AccessDenied"}


@dataclass
class Fault:
    service: str = "*"
    action: str = "*"
    nth: int = 1
    times: int = 1
    kind: str = "error"
    writes: bool = False
    seen: int = 0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"fault of kind {self.kind}: it is one of {', '.join(KINDS)}")

    def strikes(self, call: Call) -> bool:
        if self.service not in ("*", call.service) or self.action not in ("*", call.action) or (self.writes and not call.writes):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)


class Faults:
    """The faults of a file, each counting for itself."""

    def __init__(self, document: dict):
        self.faults = [Fault(**fault) for fault in document.get("faults", ())]
        self.lock = threading.Lock()

    def around(self, call: Call, perform) -> Wire | None:
        """The answer, or None where it is lost: the connection ends without one."""
        with self.lock:
            struck = [fault.kind for fault in self.faults if fault.strikes(call)]
        if not struck:
            return perform(call)
        call.fault = struck[0]
        if struck[0] == "lost":
            perform(call)
            return None
        return write_error(call, error(struck[0], call))


def error(kind: str, call: Call) -> AwsError:
    if kind == "throttled":
        code = THROTTLED.get(call.service, "ThrottlingException")
        return AwsError(code, "Rate exceeded", status=503 if call.service in ("ec2", "s3") else 400)
    if kind == "denied":
        code = DENIED.get(call.service, "AccessDeniedException")
        message = f"User: {call.principal} is not authorized to perform: {call.service}:{call.action}"
        return AwsError(code, message, status=403)
    return AwsError("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", status=500)
