"""The secrets: each is made once and kept, so that a second install finds the database and Airflow's connections readable."""

from __future__ import annotations

from deploys.want import Want, strays, want
from operations.secrets import secret
from operations.strays import strays as watch
from settings import Settings

SECRETS = {
    "database/master": {"description": "RDS: password of the master user"},
    "airflow/database": {"description": "Airflow: password of its database user"},
    "airflow/fernet-key": {"description": "Airflow: encrypts connections and variables", "generated": "fernet"},
    "airflow/api-secret-key": {"description": "Airflow: signs the sessions of the UI", "length": 64},
    "airflow/jwt": {"description": "Airflow: signs the tokens of its parts", "length": 64},
    "airflow/admin": {"description": "Airflow: password of the user admin"},
    "grafana/admin": {"description": "Grafana: password of the user admin"},
}

OPTIONAL = {"grafana/admin": "enable_kube_prometheus_stack"}
"""Secrets of a part that can be switched off, and its switch."""


def secrets(settings: Settings) -> list[Want]:
    """Everything generated, in Secrets Manager."""
    days = settings.secret_recovery_days
    return [
        *(
            want(secret, settings.secret(purpose), recovery_days=days, present=purpose not in OPTIONAL or getattr(settings, OPTIONAL[purpose]), **how)
            for purpose, how in SECRETS.items()
            if purpose != "database/master" or not settings.db_endpoint
        ),
        strays(watch, "secrets.secret", listed=[settings.secret(purpose) for purpose in SECRETS]),
    ]
