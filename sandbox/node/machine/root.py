"""
The root directory of a container, built from steps in a mount namespace of its own.

A step is a list, so that it travels as JSON:

    ["directory", path, mode]                   an empty directory, on the container's own layer
    ["link", path, target]                      a symbolic link
    ["bind", source, path, read_only]           a file or directory of the machine; the source has no symbolic link in it
    ["memory", path]                            an empty tmpfs
"""

import os
from pathlib import Path

from sandbox.node.machine import kernel

OLD = "/.machine"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}


def build(steps: list[list], place: str, read_only: bool) -> None:
    """
    Make this process's root the one that the steps tell.

    + steps: in order
    + place: an empty directory to build it on
    + read_only: whether its own layer is read-only once it is built
    """
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("root", place, "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=0755")
    os.mkdir(place + OLD)
    kernel.pivot_root(place, place + OLD)
    os.chdir("/")
    _proc_and_devices()
    for kind, *arguments in steps:
        STEPS[kind](*arguments)
    kernel.unmount(OLD)
    os.rmdir(OLD)
    if read_only:
        kernel.make_read_only("/")


def _proc_and_devices() -> None:
    for name in ("proc", "dev"):
        os.mkdir(f"/{name}")
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    kernel.mount("dev", "/dev", "tmpfs", kernel.NOSUID, "mode=0755")
    for name in DEVICES:
        Path(f"/dev/{name}").touch()
        kernel.bind(f"{OLD}/dev/{name}", f"/dev/{name}")
    for name in ("pts", "shm", "mqueue"):
        os.mkdir(f"/dev/{name}")
    kernel.mount("devpts", "/dev/pts", "devpts", kernel.NOSUID | kernel.NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    kernel.mount("shm", "/dev/shm", "tmpfs", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC, "mode=1777")
    for name, target in LINKS.items():
        os.symlink(target, f"/dev/{name}")


def _directory(path: str, mode: int = 0o755) -> None:
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)


def _link(path: str, target: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def _bind(source: str, path: str, read_only: bool) -> None:
    source = OLD + source
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.exists(path):
            Path(path).touch()
    kernel.bind(source, path, read_only)


def _memory(path: str) -> None:
    os.makedirs(path, exist_ok=True)
    kernel.mount("tmpfs", path, "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=1777")


STEPS = {"directory": _directory, "link": _link, "bind": _bind, "memory": _memory}
