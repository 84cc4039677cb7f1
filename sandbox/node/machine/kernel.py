"""What Linux has and Python's library lacks: namespaces, mounts, and the death of a parent."""

import ctypes
import os
import platform
from pathlib import Path

NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NETWORK = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
NOSUID, NODEV, NOEXEC, BIND, RECURSIVE, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
DETACH = 2
KILL_WITH_PARENT, NO_NEW_PRIVILEGES, SUBREAPER = 1, 38, 36

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
_MOUNT_SETATTR = 442
_HERE, _EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_READ_ONLY = 1
_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Move this process (its children, for process ids) into new namespaces."""
    _done(_libc.unshare(flags), "unshare")


def enter(descriptor: int, kind: int) -> None:
    """Move this process into a namespace that a file descriptor stands for."""
    _done(_libc.setns(descriptor, kind), "setns")


def map_user(inside: int, outside: int, group_inside: int, group_outside: int) -> None:
    """Say which one user and group of the parent this process's new user namespace has, and how it calls them."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside} {outside} 1")
    Path("/proc/self/gid_map").write_text(f"{group_inside} {group_outside} 1")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str | None = None) -> None:
    """mount(2)."""
    encoded = [None if word is None else word.encode() for word in (source, target, kind)]
    _done(_libc.mount(*encoded, ctypes.c_ulong(flags), None if options is None else options.encode()), f"mount {target}")


def bind(source: str, target: str, read_only: bool = False) -> None:
    """Show a file or directory, and what is mounted below it, at another place as well."""
    mount(source, target, flags=BIND | RECURSIVE)
    if read_only:
        make_read_only(target, recursive=True)


def make_read_only(path: str, recursive: bool = False) -> None:
    """Nothing is written through this mount any more; its other attributes stay (mount_setattr, Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _done(_libc.syscall(_MOUNT_SETATTR, _HERE, path.encode(), flags, ctypes.byref(attributes), ctypes.sizeof(attributes)), f"read-only {path}")


def unmount(path: str) -> None:
    """Take a mount away, at once for everybody who looks and later for who still uses it."""
    _done(_libc.umount2(path.encode(), DETACH), f"umount {path}")


def pivot_root(new: str, old: str) -> None:
    """Make a mount the root, and the root before it a directory of it."""
    _done(_libc.syscall(_PIVOT_ROOT[platform.machine()], new.encode(), old.encode()), "pivot_root")


def control(option: int, value: int) -> None:
    """prctl(2)."""
    _done(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), "prctl")


def set_hostname(name: str) -> None:
    """The name this UTS namespace goes by; Linux takes 64 bytes."""
    _done(_libc.sethostname(name.encode()[:64], min(len(name.encode()), 64)), "sethostname")


def _done(result: int, what: str) -> None:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
