"""
How the machine comes to be: user, network, mount and process namespaces of the caller's own, without any privilege.

Its user has one user id and one group id, which are root inside and the caller outside: every file that a container writes is the
caller's.
"""

import os
import signal
import socket
from collections.abc import Callable

from sandbox.node.machine import init, kernel

SPACES = kernel.NEW_USER | kernel.NEW_NETWORK | kernel.NEW_MOUNTS | kernel.NEW_PID


def bear(kubelet: Callable[[socket.socket], None]) -> tuple[int, int]:
    """
    Start a machine whose second process is this kubelet; answers the pid of its first, a child of the caller, and its lifeline.

    + kubelet: called in the machine with the channel to pid 1 (``client.Machine``)

    The machine ends with its pid 1, and pid 1 when the lifeline is closed, which the end of the caller does.
    """
    kernel.control(kernel.SUBREAPER, 1)
    lifeline, held = os.pipe()
    read, write = os.pipe()
    between = os.fork()
    if between == 0:
        os.close(held)
        os.close(read)
        _become(kubelet, lifeline, write)
    os.close(lifeline)
    os.close(write)
    with open(read) as answer:
        said = answer.readline()
    os.waitpid(between, 0)
    if not said.isdigit():
        raise OSError(said or "the machine did not start")
    return int(said), held


def _become(kubelet: Callable[[socket.socket], None], lifeline: int, told: int) -> None:
    try:
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(SPACES)
        kernel.map_user(0, user, 0, group)
        pid = os.fork()
    except OSError as error:
        os.write(told, str(error.strerror).encode())
        os._exit(1)
    if pid:
        os.write(told, str(pid).encode())
        os._exit(0)
    os.close(told)
    try:
        _live(kubelet, lifeline)
    except BaseException as error:
        os.write(2, f"the machine ended: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(1)


def _live(kubelet: Callable[[socket.socket], None], lifeline: int) -> None:
    """Pid 1 of the machine."""
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        os.close(lifeline)
        ours.close()
        kernel.control(kernel.KILL_WITH_PARENT, signal.SIGKILL)
        kubelet(theirs)
        os._exit(0)
    theirs.close()
    init.serve(ours, lifeline, child)
