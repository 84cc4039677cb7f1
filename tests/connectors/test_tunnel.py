"""A tunnel to a Service: told when it is open, opened again when it breaks, closed by Ctrl-C; nothing stays behind."""

import os
import signal
import socket
import stat
from types import SimpleNamespace

import gevent
import pytest

from connectors.kubernetes import tunnel
from connectors.kubernetes.cluster import Kubernetes
from connectors.tools import tools

OPEN = """echo "Forwarding from 127.0.0.1:4711 -> 8080"
echo $$ >> {here}/pids
"""
BREAKS = """sleep 0.2
[ $(wc -l < {here}/pids) -gt 1 ] && exec sleep 60
echo "error: lost connection to pod"
exit 1
"""


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """What is said of a tunnel, whether it succeeded, and what it failed with."""

    def opened(script, ctrl_c=None):
        program = tmp_path / "kubectl"
        program.write_text("#!/bin/sh\n" + script.format(here=tmp_path))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(tools, "path", lambda tool: str(program))
        kubernetes = Kubernetes(None, "airflow-dev")
        monkeypatch.setattr(kubernetes, "_reached", dict)
        monkeypatch.setattr(kubernetes.kubeconfig, "environment", lambda cluster: dict(os.environ))
        said = []
        connector = SimpleNamespace(kubernetes=kubernetes, host=SimpleNamespace(log=said.append))
        if ctrl_c:
            gevent.spawn(interrupt, ctrl_c)
        done, output = tunnel.Tunnel("airflow", "airflow-api-server", 8080, 8080, "airflow", "admin, password: ask").carry_out(connector)
        return said, done, output.stderr

    def interrupt(started):
        pids = tmp_path / "pids"
        with gevent.Timeout(30):
            while not pids.exists() or len(pids.read_text().split()) < started:
                gevent.sleep(0.05)
        gevent.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return opened


def test_it_says_where_and_who_logs_in_and_ends_with_ctrl_c(opened, tmp_path):
    before = signal.getsignal(signal.SIGINT)
    said, done, _ = opened(OPEN + "exec sleep 60", ctrl_c=1)
    assert done
    assert said == ["airflow: http://127.0.0.1:4711 (Ctrl-C closes it); admin, password: ask", "airflow: the tunnel is closed"]
    assert signal.getsignal(signal.SIGINT) == before
    (pid,) = (tmp_path / "pids").read_text().split()
    assert not os.path.exists(f"/proc/{pid}")


def test_one_that_breaks_is_opened_again(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(tunnel, "SHORT", 0.1)
    said, done, _ = opened(OPEN + BREAKS, ctrl_c=2)
    assert done
    assert said[1:] == ["airflow: the tunnel broke, and is opened again", "airflow: the tunnel is closed"]
    assert len((tmp_path / "pids").read_text().split()) == 2


def test_one_that_never_opens_fails_with_what_kubectl_says(opened):
    said, done, error = opened("echo 'error: services \"airflow-api-server\" not found' >&2; exit 1")
    assert not done and said == []
    assert error == 'airflow: services "airflow-api-server" not found: deploys/verify.py tells how it is'


def test_a_port_that_is_taken_is_left_to_who_has_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert tunnel._free(taken) != taken
    assert tunnel._free(taken) == taken


def test_a_browser_is_opened_where_there_is_a_screen(monkeypatch):
    shown = []
    monkeypatch.setattr(tunnel.webbrowser, "open", shown.append)
    monkeypatch.setattr(tunnel.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    tunnel._browse("http://127.0.0.1:1")
    monkeypatch.setenv("DISPLAY", ":0")
    tunnel._browse("http://127.0.0.1:2")
    assert shown == ["http://127.0.0.1:2"]
