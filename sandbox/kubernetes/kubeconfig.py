"""The control plane's administrator, whom its own controllers act as too."""

import json
import secrets
from pathlib import Path

ADMINISTRATOR = "kubernetes-admin"


def write_user(path: Path) -> str:
    """Write the API server's --token-auth-file with the administrator in it; answers their new bearer token."""
    token = secrets.token_urlsafe(32)
    path.touch(mode=0o600)
    path.write_text(f"{token},{ADMINISTRATOR},{ADMINISTRATOR},system:masters\n")
    return token


def write_kubeconfig(path: Path, cluster: str, endpoint: str, authority: str, token: str) -> None:
    """
    Write the administrator's kubeconfig, with nothing outside of it.

    + cluster: name of the cluster and of the context
    + authority: base64 of the certificate authority's PEM
    """
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
        "users": [{"name": ADMINISTRATOR, "user": {"token": token}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": ADMINISTRATOR}}],
        "current-context": cluster,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2))
