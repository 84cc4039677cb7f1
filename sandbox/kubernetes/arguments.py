"""What each program of the control plane is started with."""

import json
from pathlib import Path

from sandbox.kubernetes.egress.selector import CONFIGURATION

SERVICES = "172.20.0.0/16"
PODS = "100.64.0.0/16"


def of(port: int, issuer: str, webhook: bool) -> list[tuple[str, list[str], dict[str, str]]]:
    """
    Program, arguments and environment of each process, in the order to start them; paths are relative to its directory.

    + port: of the API server, on 127.0.0.1
    + issuer: of service account tokens
    + webhook: whether bearer tokens are reviewed elsewhere (``write_webhook``)

    Nothing else listens: etcd is on a unix socket, the controllers and the scheduler serve nothing.
    """
    return [
        ("etcd", _flags(ETCD), {"GOGC": "50", "GOMEMLIMIT": "96MiB"}),
        ("kube-apiserver", _flags({**_apiserver(port, issuer), **(WEBHOOK if webhook else {})}),
         {"GOGC": "50", "GOMEMLIMIT": "1GiB"}),
        ("kube-controller-manager", _flags(CONTROLLERS), {"GOGC": "50", "GOMEMLIMIT": "96MiB"}),
        ("kube-scheduler", _flags(SCHEDULER), {"GOGC": "50", "GOMEMLIMIT": "64MiB"}),
        ("kwok", _flags(KWOK), {"GOGC": "50", "GOMEMLIMIT": "64MiB"}),
    ]  # fmt: skip


def write_webhook(directory: Path, url: str) -> None:
    """Write the kubeconfig that tells the API server where to POST TokenReviews."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "authenticator", "cluster": {"server": url}}],
        "users": [{"name": "kube-apiserver", "user": {}}],
        "contexts": [{"name": "webhook", "context": {"cluster": "authenticator", "user": "kube-apiserver"}}],
        "current-context": "webhook",
    }
    (directory / WEBHOOK["authentication-token-webhook-config-file"]).write_text(json.dumps(config, indent=2))


# etcd has one member, so the addresses it advertises are used by nobody.
ETCD = {
    "name": "sandbox",
    "data-dir": "etcd",
    "listen-client-urls": "unix://etcd.sock",
    "advertise-client-urls": "http://127.0.0.1:1",
    "listen-peer-urls": "unix://etcd-peer.sock",
    "initial-advertise-peer-urls": "http://127.0.0.1:1",
    "initial-cluster": "sandbox=http://127.0.0.1:1",
    "unsafe-no-fsync": "true",
    "snapshot-count": "2000",
    "auto-compaction-mode": "revision",
    "auto-compaction-retention": "1000",
    "log-level": "warn",
}
WEBHOOK = {
    "authentication-token-webhook-config-file": "authenticator.kubeconfig",
    "authentication-token-webhook-version": "v1",
    "authentication-token-webhook-cache-ttl": "5s",
}
CONTROLLERS = {
    "kubeconfig": "kubeconfig",
    "secure-port": "0",
    "leader-elect": "false",
    "root-ca-file": "ca.crt",
    "service-account-private-key-file": "service-accounts.key",
    "service-cluster-ip-range": SERVICES,
    "allocate-node-cidrs": "false",
    "node-monitor-grace-period": "2m0s",
    "kube-api-qps": "200",
    "kube-api-burst": "400",
}
SCHEDULER = {
    "kubeconfig": "kubeconfig",
    "secure-port": "0",
    "leader-elect": "false",
    "kube-api-qps": "200",
    "kube-api-burst": "400",
}
KWOK = {
    "kubeconfig": "kubeconfig",
    "config": "kubelet.yaml",
    "manage-all-nodes": "true",
    "node-lease-duration-seconds": "40",
    "cidr": PODS,
}


def _apiserver(port: int, issuer: str) -> dict[str, str]:
    return {
        "etcd-servers": "unix://etcd.sock",
        "bind-address": "127.0.0.1",
        "advertise-address": "127.0.0.1",
        "endpoint-reconciler-type": "none",
        "secure-port": str(port),
        "tls-cert-file": "kube-apiserver.crt",
        "tls-private-key-file": "kube-apiserver.key",
        "token-auth-file": "users.csv",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction,ExtendedResourceToleration",
        "allow-privileged": "true",
        "service-cluster-ip-range": SERVICES,
        "service-account-issuer": issuer,
        "service-account-key-file": "service-accounts.key",
        "service-account-signing-key-file": "service-accounts.key",
        "requestheader-client-ca-file": "ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": "front-proxy-client.crt",
        "proxy-client-key-file": "front-proxy-client.key",
        "enable-aggregator-routing": "true",
        "egress-selector-config-file": CONFIGURATION,
        "kubelet-preferred-address-types": "InternalIP",
        "profiling": "false",
    }


def _flags(flags: dict[str, str]) -> list[str]:
    return [f"--{flag}={value}" for flag, value in flags.items()]
