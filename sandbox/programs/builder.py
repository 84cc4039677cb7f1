"""Building the control plane's programs."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.cache import FLAGS, SOURCES, built, key
from sandbox.programs.go import BuildError, find_go
from sandbox.programs.lock import locked

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
INTERVAL = 15
KEPT_GO_SETTINGS = {
    "GOAUTH", "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB",
}  # fmt: skip


def build(cache: Path, progress: Callable[[str], None]) -> Path:
    """
    Build the programs into a directory of the cache, or wait for another process that does; answers that directory.

    + cache: made where it is missing
    + progress: called with a line at least every 15 s

    What is there is whole: it is made under another name and then renamed. Raises BuildError.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock", INTERVAL, progress):
        if done := built():
            return done
        for abandoned in cache.glob("*.unfinished"):
            shutil.rmtree(abandoned)
        finished, log = cache / key(), cache / f"{key()}.log"
        unfinished = cache / f"{key()}.{os.getpid()}.unfinished"
        unfinished.mkdir()
        go = find_go(cache, progress)
        _compile(go, unfinished / "control-plane", log, cache, progress)
        for name in NAMES:
            (unfinished / name).symlink_to("control-plane")
        return unfinished.rename(finished)


def _compile(go: Path, output: Path, log: Path, cache: Path, progress: Callable[[str], None]) -> None:
    began = time.monotonic()
    command = [go, "build", "-v", *FLAGS, "-o", output, "."]
    with log.open("wb") as text:
        compiler = subprocess.Popen(command, cwd=SOURCES, env=_environment(go, cache), stdin=subprocess.DEVNULL, stdout=text, stderr=text)
    try:
        while True:
            progress(f"building the control plane's programs, once per user: {_packages(log)} packages, {_minutes(began)}, usually 4-13 minutes on 2 cores")
            try:
                compiler.wait(timeout=INTERVAL)
                break
            except subprocess.TimeoutExpired:
                pass
    finally:
        if compiler.poll() is None:
            compiler.kill()
            compiler.wait()
    if compiler.returncode != 0:
        told = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise BuildError(f"the control plane's programs cannot be built: {told[-1] if told else 'go said nothing'} (log: {log})")
    progress(f"built the control plane's programs in {_minutes(began)}")


def _environment(go: Path, cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO")) or name in KEPT_GO_SETTINGS}
    if cache in go.parents:
        kept.setdefault("GOPATH", str(cache / "go-path"))
        kept.pop("GOROOT", None)
    return {**kept, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}


def _packages(log: Path) -> int:
    return sum(not line.startswith(b"go: ") for line in log.read_bytes().splitlines())


def _minutes(began: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    return f"{minutes}m{seconds:02d}s"
