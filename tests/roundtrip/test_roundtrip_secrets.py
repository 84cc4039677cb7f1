"""Secrets are nowhere but in AWS, in the cluster and, while a run lasts, in a kubeconfig of its owner alone."""

import contextlib
import subprocess
import threading
import time
from pathlib import Path

from roundtrip_world import ROOT


def secrets(box):
    manager = box.client("secretsmanager")
    names = [secret["Name"] for secret in manager.list_secrets()["SecretList"]]
    return {name: manager.get_secret_value(SecretId=name)["SecretString"] for name in names}


def watched(box, process, seen):
    """Arguments of every process of the run, and the files it keeps, looked at until it ends."""
    while process.poll() is None:
        for other in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(box.home).encode() in (other / "environ").read_bytes():
                    seen["arguments"].add((other / "cmdline").read_bytes().decode(errors="replace"))
        for path in box.temporary.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    seen["files"][path.name] = (oct(path.stat().st_mode & 0o777), path.read_bytes().decode(errors="replace"))
        time.sleep(0.05)


def watched_run(box, verb, *flags):
    seen = {"arguments": set(), "files": {}}
    process = subprocess.Popen(
        box.command(verb, *flags), cwd=ROOT, env=box.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    watcher = threading.Thread(target=watched, args=(box, process, seen))
    watcher.start()
    output, _ = process.communicate(timeout=300)
    watcher.join()
    assert process.returncode == 0, output[-4000:]
    return output, seen


def test_no_secret_is_shown_at_any_verbosity_nor_left_in_a_file(box):
    output, seen = watched_run(box, "install", "-vvv", "--debug-all", "--diff")
    verified, seen_too = watched_run(box, "verify", "-vvv", "--debug-all")
    values = secrets(box)
    assert len(values) >= 6
    for name, value in values.items():
        for what, text in (("install", output), ("verify", verified), *(("argv", line) for line in seen["arguments"] | seen_too["arguments"])):
            assert value not in text, f"{name} is shown: {what}"
        for file, (_, text) in {**seen["files"], **seen_too["files"]}.items():
            assert value not in text, f"{name} is in {file}"
    for token in ("k8s-aws-v1.", box.daemon["secret_access_key"]):
        assert token not in output + verified
        assert not any(token in line for line in seen["arguments"])
    assert {mode for mode, text in seen["files"].values() if "k8s-aws-v1." in text} == {"0o600"}, "the kubeconfig was seen, and closed to others"
    assert [path.name for path in box.temporary.rglob("*") if path.is_file()] == []
