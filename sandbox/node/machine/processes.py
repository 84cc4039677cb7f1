"""What the machine's pid 1 starts: containers, processes in a running container, network namespaces."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.node.machine import kernel, root

OWN = kernel.NEW_USER | kernel.NEW_MOUNTS | kernel.NEW_PID | kernel.NEW_UTS | kernel.NEW_IPC
ENTERED = (
    ("net", kernel.NEW_NETWORK),
    ("user", kernel.NEW_USER),
    ("mnt", kernel.NEW_MOUNTS),
    ("pid", kernel.NEW_PID),
    ("uts", kernel.NEW_UTS),
    ("ipc", kernel.NEW_IPC),
)
"""The network is the machine's, which its own user alone may enter: it comes before the container's user."""


def network(path: str) -> None:
    """Make a network namespace that stays as long as this file is mounted."""
    Path(path).touch()

    def make() -> None:
        kernel.unshare(kernel.NEW_NETWORK)
        kernel.mount("/proc/self/ns/net", path, flags=kernel.BIND)

    _, error = _report(make)
    if error:
        raise OSError(error)


def forget_network(path: str) -> None:
    kernel.unmount(path)
    os.unlink(path)


def run(container: dict, streams: list[int]) -> int:
    """
    Start a container; answers the pid of its first process, which is pid 1 in there.

    + container: ``argv``, ``environment``, ``directory``, ``user``, ``group``, ``hostname``, ``network`` (path of the namespace),
      ``steps`` and ``read_only`` (machine.root), ``place``
    + streams: file descriptors of its standard input, output and error
    """

    def begin() -> None:
        descriptor = os.open(container["network"], os.O_RDONLY)
        kernel.enter(descriptor, kernel.NEW_NETWORK)
        kernel.unshare(OWN)
        kernel.map_user(container["user"], 0, container["group"], 0)

    def become() -> None:
        kernel.set_hostname(container["hostname"])
        root.build(container["steps"], container["place"], container["read_only"])
        os.makedirs(container["directory"], exist_ok=True)
        _execute(container, streams)

    return _start(begin, become)


def enter(pid: int, process: dict, streams: list[int]) -> int:
    """Start a process in a running container, as its user and with its view; answers the pid."""

    def begin() -> None:
        descriptors = [(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY), kind) for name, kind in ENTERED]
        for descriptor, kind in descriptors:
            kernel.enter(descriptor, kind)

    return _start(begin, lambda: _execute(process, streams))


def _execute(process: dict, streams: list[int]) -> None:
    os.chdir(process["directory"])
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    if process.get("terminal"):
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.umask(0o022)
    kernel.control(kernel.NO_NEW_PRIVILEGES, 1)
    argv = process["argv"]
    try:
        os.execvpe(argv[0], argv, process["environment"])
    except FileNotFoundError:
        raise OSError(f'exec: "{argv[0]}": executable file not found in $PATH') from None
    except PermissionError:
        raise OSError(f'exec: "{argv[0]}": permission denied') from None


def _start(begin: Callable[[], None], become: Callable[[], None]) -> int:
    """
    A child begins (enters or makes namespaces) and has a child that becomes the process: only children are in a new pid namespace.

    The child in between ends at once, and the process is left to pid 1.
    """

    def between() -> None:
        begin()
        pid = os.fork()
        if pid:
            _say(f"{pid}\n")
            os._exit(0)
        become()

    said, error = _report(between)
    pid, _, _ = said.partition("\n")
    if error:
        raise OSError(error)
    return int(pid)


_SAYS = -1


def _say(text: str) -> None:
    os.write(_SAYS, text.encode())


def _report(work: Callable[[], None]) -> tuple[str, str]:
    """Do work in a child; what it said, and why it failed, once it and its children have ended or become other programs."""
    global _SAYS
    read, _SAYS = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            work()
            os._exit(0)
        except BaseException as error:
            with contextlib.suppress(OSError):
                _say("!" + str(getattr(error, "strerror", None) or error))
        finally:
            sys.stdout.flush()
            os._exit(128)
    os.close(_SAYS)
    with open(read) as answer:
        said, _, error = answer.read().partition("!")
    return said, error
