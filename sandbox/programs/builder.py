"""Building a module's programs."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.cache import built, cache_directory, key
from sandbox.programs.go import BuildError, find_go, remove_go
from sandbox.programs.lock import locked
from sandbox.programs.modules import Module
from sandbox.programs.telling import INTERVAL, left, minutes, run_telling

KEPT_GO_SETTINGS = {
    "GOAUTH", "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB",
}  # fmt: skip


def build(module: Module, progress: Callable[[str], None]) -> Path:
    """
    Build a module's programs into a directory of the cache, or wait for another process that does; answers that directory.

    + progress: called with a line at least every 15 s

    What is there is whole: it is made under another name and then renamed. Raises BuildError.
    """
    cache = cache_directory(module)
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock", INTERVAL, progress, module.what):
        if done := built(module):
            return done
        for abandoned in cache.glob("*.unfinished"):
            shutil.rmtree(abandoned)
        finished, log = cache / key(module), cache / f"{key(module)}.log"
        unfinished = cache / f"{key(module)}.{os.getpid()}.unfinished"
        unfinished.mkdir()
        go = find_go(cache, progress, module.go)
        own = cache / "go-work" if cache in go.parents else None
        _compile(module, go, unfinished / module.output, log, own, progress)
        for name in module.names:
            (unfinished / name).symlink_to(module.output)
        if own:
            shutil.rmtree(own)
            remove_go(go)
        progress(f"built {module.what}: {finished}")
        return unfinished.rename(finished)


def _compile(module: Module, go: Path, output: Path, log: Path, own: Path | None, progress: Callable[[str], None]) -> None:
    def so_far(seconds: float) -> str:
        packages = sum(not line.startswith(b"go: ") for line in log.read_bytes().splitlines())
        of = f" of {module.packages}" if module.packages else ""
        how_long = left(packages, module.packages, seconds) or f"usually {module.usual}"
        return f"building {module.what}, once per user: {packages}{of} packages, {minutes(seconds)}, {how_long}"

    with log.open("wb") as text:
        command = ["nice", "-n", "10", go, "build", "-v", *module.flags, "-o", output, module.package]
        code = run_telling(command, so_far, progress, cwd=module.sources, env=_environment(own), stdout=text, stderr=text)
    if code != 0:
        told = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise BuildError(f"{module.what} cannot be built: {told[-1] if told else 'go said nothing'} (log: {log})")


def _environment(own: Path | None) -> dict[str, str]:
    """The compiler's environment; its caches are in a directory of our own (3.5 GB) unless Go is the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO")) or name in KEPT_GO_SETTINGS}
    if own:
        kept |= {"GOPATH": str(own), "GOMODCACHE": str(own / "modules"), "GOCACHE": str(own / "build")}
    return {**kept, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -modcacherw", "GOWORK": "off", "CGO_ENABLED": "0"}
