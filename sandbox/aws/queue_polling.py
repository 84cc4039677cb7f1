"""Queues: who waits for a message lets others work."""

import io
import json
import re
import threading
import time

from moto.sqs.models import sqs_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import lock
from sandbox.aws.rules import refuses

LOOK = 0.25
"""How often a waiting call looks into its queue (seconds)."""
waiting = threading.Condition(lock)


@refuses("sqs", "ReceiveMessage")
def wait_aside(call: Call) -> None:
    """The emulator would wait with the whole account held."""
    backend = sqs_backends[call.account][call.region]
    name = call.params["QueueUrl"].rpartition("/")[2]
    queue = backend.queues.get(name)
    if queue is None:
        return
    given = call.params.get("WaitTimeSeconds")
    end = time.monotonic() + min(int(queue.receive_message_wait_time_seconds or 0) if given is None else given, 20)
    while not queue.messages and time.monotonic() < end and backend.queues.get(name) is queue:
        waiting.wait(LOOK)
    answer_at_once(call)


def answer_at_once(call: Call) -> None:
    if call.protocol == "json":
        body = json.dumps(json.loads(call.body) | {"WaitTimeSeconds": 0}).encode()
    else:
        body = re.sub(rb"&WaitTimeSeconds=\d+", b"", call.body) + b"&WaitTimeSeconds=0"
    call.environ["wsgi.input"], call.environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
