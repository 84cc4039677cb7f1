"""
Pid 1 of the machine: starts what the kubelet asks for, reaps what ends, and with its end everything in the machine ends.

One thread, one socket. A request is a JSON object with an ``id`` and, beside it, file descriptors; the answer has that ``id``. What a
process ended with is told when it happens: ``{"ended": pid, "status": code}``.
"""

import json
import os
import select
import signal
import socket

from sandbox.node.machine import processes

LARGEST = 1 << 20
DO = {
    "network": lambda asked, streams: processes.network(asked["path"]),
    "forget": lambda asked, streams: processes.forget_network(asked["path"]),
    "run": lambda asked, streams: processes.run(asked["container"], streams),
    "enter": lambda asked, streams: processes.enter(asked["pid"], asked["process"], streams),
}


def serve(channel: socket.socket, lifeline: int, kubelet: int) -> None:
    """
    Until the lifeline closes or the kubelet ends.

    + channel: of sequenced packets, to the kubelet
    + lifeline: a pipe whose other end is the owner's
    + kubelet: its pid
    """
    woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ready = select.poll()
    for descriptor in (channel.fileno(), lifeline, woken):
        ready.register(descriptor, select.POLLIN | select.POLLHUP)
    started: set[int] = set()
    while True:
        changed = {descriptor for descriptor, _ in ready.poll()}
        if woken in changed:
            os.read(woken, 4096)
        if channel.fileno() in changed:
            started.add(answer_one(channel))
        for pid, code in ended():
            if pid == kubelet:
                return
            if pid in started:
                started.discard(pid)
                channel.send(json.dumps({"ended": pid, "status": code}).encode())
        if lifeline in changed:
            return


def answer_one(channel: socket.socket) -> int | None:
    """The pid of what it started, if it started something."""
    message, descriptors, _, _ = socket.recv_fds(channel, LARGEST, 3)
    if not message:
        return None
    asked = json.loads(message)
    try:
        answer = {"id": asked["id"], "answer": DO[asked["do"]](asked, descriptors)}
    except OSError as error:
        answer = {"id": asked["id"], "error": error.strerror or str(error)}
    for descriptor in descriptors:
        os.close(descriptor)
    channel.send(json.dumps(answer).encode())
    return answer.get("answer")


def ended() -> list[tuple[int, int]]:
    """The pids that have ended, and with what code: 128 and the signal's number where one ended it."""
    found = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        code = os.waitstatus_to_exitcode(status)
        found.append((pid, code if code >= 0 else 128 - code))
