"""
What an upgrade does, and a rollback: stages, each a selection of the platform's own wants with the versions of its step.

Where an upgrade stands is read from what runs; nothing is remembered between runs.
"""

from __future__ import annotations

from dataclasses import replace

from deploys.want import Want


def chosen(wants: list[Want], *kinds: str) -> list[Want]:
    """
    The wants of some kinds, kind by kind.

    + wants: of the platform
    + kinds: how they begin, in the order of the stage: ``eks.addon``, ``helm.release airflow``
    """
    return [want for kind in kinds for want in wants if want.present and not want.stray and f"{want} ".startswith(f"{kind} ")]


def given(want: Want, **fields) -> Want:
    """A want with other arguments."""
    return replace(want, fields={**want.fields, **fields})
