"""IAM policy documents: who may take a role, and what the role may do; a module for each part of the platform."""

from __future__ import annotations

from deploys.platform.policies.storage import airflow_logs, mounted_over_tls, tls_only
from deploys.platform.policies.trust import VERSION, pod_identity_trust, service_trust

__all__ = ["VERSION", "airflow_logs", "mounted_over_tls", "pod_identity_trust", "service_trust", "tls_only"]
