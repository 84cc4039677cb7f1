"""Where the project's own files are: manifests, values, DAGs, defaults, the sandbox's charts."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The checkout, or the one directory an installed package has everything in."""
