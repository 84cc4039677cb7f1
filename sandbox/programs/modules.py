"""The Go modules whose programs the sandbox builds."""

from dataclasses import dataclass
from pathlib import Path

KUBERNETES = "v1.36.3"
KARPENTER_VERSION = "1.14.1"
STATSD_VERSION = "0.30.0"
LEAN = ["-trimpath", "-buildvcs=false", "-ldflags"]


@dataclass(frozen=True)
class Module:
    """
    One Go module: one file, which acts as whatever it is called.

    + what: its programs, in a sentence
    + sources: its directory
    + directory: of the user's cache
    + output: name of the built file
    + names: what it may be called
    + flags: of `go build`
    + go: the oldest Go that builds it
    + usual: how long that takes
    + override: the variable that names another directory with the programs
    + package: what is built of it
    + packages: about how many Go packages that is, for an estimate; 0: not known
    """

    what: str
    sources: Path
    directory: str
    output: str
    names: tuple[str, ...]
    flags: list[str]
    go: tuple[int, int, int]
    usual: str
    override: str
    package: str = "."
    packages: int = 0


CONTROL_PLANE = Module(
    what="the control plane's programs",
    sources=Path(__file__).parent,
    directory="programs",
    output="control-plane",
    names=("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"),
    flags=[
        *LEAN,
        "-s -w"
        f" -X k8s.io/component-base/version.gitVersion={KUBERNETES}"
        " -X k8s.io/component-base/version.gitMajor=1"
        f" -X k8s.io/component-base/version.gitMinor={KUBERNETES.split('.')[1]}",
    ],
    go=(1, 26, 0),
    usual="4-13 minutes on 2 cores",
    override="AIRFLOW_ON_EKS_PROGRAMS",
    packages=2680,
)

KARPENTER = Module(
    what="Karpenter",
    sources=Path(__file__).parent.parent / "karpenter",
    directory="karpenter",
    output="controller",
    names=("karpenter",),
    flags=[*LEAN, f"-s -w -X sigs.k8s.io/karpenter/pkg/operator.Version={KARPENTER_VERSION}"],
    go=(1, 26, 6),
    usual="4-12 minutes on 2 cores",
    override="AIRFLOW_ON_EKS_KARPENTER",
    packages=900,
)

STATSD_EXPORTER = Module(
    what="statsd_exporter",
    sources=Path(__file__).parent.parent / "statsd",
    directory="statsd",
    output="exporter",
    names=("statsd_exporter",),
    flags=[*LEAN, f"-s -w -X github.com/prometheus/common/version.Version={STATSD_VERSION}"],
    go=(1, 26, 0),
    usual="1-2 minutes on 2 cores",
    override="AIRFLOW_ON_EKS_STATSD_EXPORTER",
    package="github.com/prometheus/statsd_exporter",
)
