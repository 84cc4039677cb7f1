"""Airflow as Python environments of this machine: what stands for its images. The pinned release, and each other that is asked for."""

from sandbox.airflow.environment import USUAL, VERSION, environment, made
from sandbox.airflow.releases import EnvironmentFailure

__all__ = ["USUAL", "VERSION", "EnvironmentFailure", "environment", "made"]
