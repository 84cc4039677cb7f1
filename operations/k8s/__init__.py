"""Operations on the deployment's Kubernetes cluster."""

from operations.k8s.bundles import bundle
from operations.k8s.folders import folder
from operations.k8s.guests import balanced
from operations.k8s.leftovers import leftovers, volumes
from operations.k8s.tunnels import tunnel
from operations.k8s.waits import address, gone, ready

__all__ = ["address", "balanced", "bundle", "folder", "gone", "leftovers", "ready", "tunnel", "volumes"]
