"""What the sandbox says of itself: its version, which processes are a pod's, and what they take."""

import os
import subprocess
import sys

import pytest

from sandbox import status
from sandbox.programs.modules import KUBERNETES
from sandbox.status import version_of

OWN = ".".join(KUBERNETES.removeprefix("v").split(".")[:2])
POD = {"HOSTNAME": "airflow-api-server-1", "KUBERNETES_SERVICE_HOST": "172.20.0.1", "PATH": os.environ["PATH"]}


def test_a_process_without_variables_is_of_the_pod_that_started_it():
    """A program that writes its title over its variables is still its pod's."""
    script = "import subprocess; subprocess.Popen(['sleep', '60'], env={}).wait()"
    with subprocess.Popen([sys.executable, "-c", f"print(flush=True); {script}"], env=POD, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            process.stdout.readline()
            while len(family := status.descendants(process.pid)) < 2:
                pass
            assert set(status.pods({os.getpid(): None, **family}).values()) == {"airflow-api-server-1"} and os.getpid() not in status.pods({os.getpid(): None})
        finally:
            os.killpg(process.pid, 9)


def test_memory_is_what_a_process_adds_and_nothing_where_it_is_gone():
    assert 1 < status.memory(os.getpid()) < 4096 and status.memory(2**22) == 0


@pytest.mark.parametrize(
    ("version", "kubeconfig", "said"),
    [(OWN, "here", OWN), ("1.30", None, "1.30"), ("1.30", "here", f"1.30 (its programs are Kubernetes {KUBERNETES})")],
)
def test_a_control_plane_whose_programs_are_of_another_version_says_so(version, kubeconfig, said):
    assert version_of({"version": version, "kubeconfig": kubeconfig}) == said
