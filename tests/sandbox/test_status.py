"""What the sandbox says of itself."""

import pytest

from sandbox.programs.modules import KUBERNETES
from sandbox.status import version_of

OWN = ".".join(KUBERNETES.removeprefix("v").split(".")[:2])


@pytest.mark.parametrize(
    ("version", "kubeconfig", "said"),
    [(OWN, "here", OWN), ("1.30", None, "1.30"), ("1.30", "here", f"1.30 (its programs are Kubernetes {KUBERNETES})")],
)
def test_a_control_plane_whose_programs_are_of_another_version_says_so(version, kubeconfig, said):
    assert version_of({"version": version, "kubeconfig": kubeconfig}) == said
