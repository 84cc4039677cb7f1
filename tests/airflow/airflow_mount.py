"""A ConfigMap as a kubelet mounts it."""

from pathlib import Path


def mount(data: dict[str, str], directory: Path) -> None:
    """
    Each file is a link through `..data`, which is a link to a folder named after the time of the last change.

    + data: of the ConfigMap
    + directory: where it is mounted
    """
    files = directory / "..2026_11_22_19_30_00.1234567890"
    files.mkdir(parents=True)
    for name, text in data.items():
        (files / name).write_text(text)
        (directory / name).symlink_to(f"..data/{name}")
    (directory / "..data").symlink_to(files.name)
