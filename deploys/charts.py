"""
Mirrors the pinned upstream charts for who cannot reach them: ``make charts TO=<directory or oci://registry>``, then the setting ``chart_mirror``.

The SHA-256 of each archive is kept in ``SHA256SUMS``, in the directory or, for a registry, where the command is run; an archive that is
another one than was recorded is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from connectors.tools import tools
from operations.helm import origin_of
from settings.defaults import defaults

SUMS = "SHA256SUMS"


class MirrorError(Exception):
    """A chart cannot be mirrored. Its text says why."""


def main(words: list[str] | None = None) -> int:
    """
    Mirror every chart; the exit code tells whether all are there.

    + words: the command line's, without the program
    """
    parser = argparse.ArgumentParser(prog="python -m deploys.charts", description="Mirror the pinned charts.")
    parser.add_argument("to", help="a directory, or oci://registry/path (log in with `helm registry login` first)")
    to = parser.parse_args(words).to
    if "://" in to and not to.startswith("oci://"):
        parser.error(f"{to}: charts can be put into a directory or an oci:// registry")
    sums = Path(SUMS) if "://" in to else Path(to) / SUMS
    failed = []
    try:
        for chart, pin in defaults()["charts"].items():
            try:
                print(f"{chart} {pin['version']}: {mirrored(chart, pin['version'], pin['repo'], to, sums)}", flush=True)
            except MirrorError as error:
                failed.append(chart)
                print(f"{chart} {pin['version']}: {error}", file=sys.stderr, flush=True)
    except (OSError, tools.ToolMissing) as error:
        parser.exit(1, f"{error}\n")
    if failed:
        print(f"{len(failed)} charts are not in {to}: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"all are in {to}, their checksums in {sums}; install from there with --data chart_mirror={to}")
    return 0


def mirrored(chart: str, version: str, repo: str, to: str, sums: Path) -> str:
    """
    Fetch one chart and put it where it is wanted; returns what was done.

    + chart, version, repo: what is pinned
    + to: a directory or ``oci://...``
    + sums: the file of checksums

    Raises `MirrorError`.
    """
    archive = f"{chart}-{version}.tgz"
    recorded = _recorded(sums)
    kept = Path(to) / archive
    if "://" not in to and kept.is_file() and _sum(kept) == recorded.get(archive):
        return "is there already"
    with tempfile.TemporaryDirectory() as scratch:
        fetched = Path(scratch) / archive
        _helm("pull", *origin_of(chart, version, repo), "--destination", scratch)
        now = _sum(fetched)
        if recorded.get(archive, now) != now:
            raise MirrorError(f"upstream's archive has SHA-256 {now}, and {sums} recorded {recorded[archive]}: if you trust the new one remove that line")
        if "://" in to:
            _helm("push", str(fetched), to)
        else:
            Path(to).mkdir(parents=True, exist_ok=True)
            shutil.move(fetched, kept)
    _record(sums, {**recorded, archive: now})
    return f"SHA-256 {now}"


def _helm(*words: str) -> None:
    ran = subprocess.run([tools.path("helm"), *words], capture_output=True, text=True)
    if ran.returncode:
        raise MirrorError(tools.complaint("helm", ran.stderr))


def _sum(archive: Path) -> str:
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def _recorded(sums: Path) -> dict[str, str]:
    lines = sums.read_text().splitlines() if sums.is_file() else []
    return {archive: now for now, archive in (line.split() for line in lines if line.strip())}


def _record(sums: Path, content: dict[str, str]) -> None:
    sums.write_text("".join(f"{now}  {archive}\n" for archive, now in sorted(content.items())))


if __name__ == "__main__":
    sys.exit(main())
