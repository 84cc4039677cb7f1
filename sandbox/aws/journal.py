"""The log of every call, one JSON line each, with what must stay secret masked."""

import datetime
import json
import threading
from pathlib import Path
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.aws.call import Call

SECRET = {"SecretString", "SecretBinary", "MasterUserPassword", "Password", "Plaintext", "PrivateKey", "SecretAccessKey", "AuthToken"}
LIMIT = 64 * 2**20


class Journal:
    def __init__(self, path: Path):
        self.path = path
        self.lock = threading.Lock()
        self.file = path.open("a", buffering=1)

    def write(self, call, started: float, status: int, code: str | None, milliseconds: float) -> None:
        line = {
            "time": datetime.datetime.fromtimestamp(started, datetime.timezone.utc).isoformat(timespec="milliseconds"),
            "service": call.service,
            "action": call.action,
            "region": call.region,
            "write": call.writes,
            "account": call.account,
            "principal": call.principal,
            "params": masked_params(call),
            "status": status,
            "error": code,
            "fault": call.fault,
            "ms": round(milliseconds, 2),
        }
        with self.lock:
            self.file.write(json.dumps(line, default=str) + "\n")
            if self.file.tell() > LIMIT:
                self.file.close()
                self.path.replace(self.path.with_suffix(".1.jsonl"))
                self.file = self.path.open("a", buffering=1)


def masked_params(call) -> Any:
    if not isinstance(call, Call):
        return call.params
    try:
        shape = call.operation.input_shape
    except Exception:
        return {}
    params = masked(call.params, shape)
    if call.service == "ssm" and params.get("Type") == "SecureString":
        params["Value"] = "***"
    return params


def masked(value: Any, shape: Shape | None) -> Any:
    if shape is not None and shape.metadata.get("sensitive") and not isinstance(value, dict):
        return "***"
    if isinstance(value, dict):
        members = shape.members if isinstance(shape, StructureShape) else {}
        values = shape.value if isinstance(shape, MapShape) else None
        return {k: "***" if k in SECRET else masked(v, members.get(k, values)) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v, shape.member if isinstance(shape, ListShape) else None) for v in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return value
