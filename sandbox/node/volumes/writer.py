"""Files that appear and change all at once, as a kubelet writes those of Secrets, ConfigMaps and tokens."""

import os
import secrets
import shutil
import time
from pathlib import Path

DATA = "..data"
Files = dict[str, tuple[bytes, int]]


def write(directory: Path, files: Files) -> bool:
    """
    Have a directory show these files; answers whether it had to change.

    The files are in a directory of their own, `..data` is a link to it, and what is to be seen are links through `..data`: one rename of
    that link changes all of them.

    + files: path -> content and mode
    """
    directory.mkdir(parents=True, exist_ok=True)
    link = directory / DATA
    before = link.resolve() if link.is_symlink() else None
    if before and _read(before) == files:
        return False
    new = directory / f"{time.strftime('..%Y_%m_%d_%H_%M_%S', time.gmtime())}.{secrets.randbelow(10**10)}"
    for path, (content, mode) in files.items():
        file = new / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode)
    new.mkdir(exist_ok=True)
    temporary = directory / "..data_tmp"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(new.name)
    temporary.rename(link)
    _show(directory, {path.split("/")[0] for path in files})
    if before:
        shutil.rmtree(before)
    return True


def _show(directory: Path, names: set[str]) -> None:
    for name in names - set(os.listdir(directory)):
        (directory / name).symlink_to(f"{DATA}/{name}")
    for name in set(os.listdir(directory)) - names:
        if not name.startswith(".."):
            (directory / name).unlink()


def _read(directory: Path) -> Files:
    return {str(file.relative_to(directory)): (file.read_bytes(), file.stat().st_mode & 0o777) for file in directory.rglob("*") if file.is_file()}
