"""The pinned Airflow, as a Python environment of this machine: what stands for its image."""

from sandbox.airflow.environment import VERSION, EnvironmentFailure, environment

__all__ = ["VERSION", "EnvironmentFailure", "environment"]
