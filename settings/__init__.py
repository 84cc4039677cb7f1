"""The settings of a deployment: everything a user decides, checked before anything is called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from .addons import Addons, Chart
from .alerts import Alerts
from .cluster import Cluster
from .costs import Costs
from .database import Database
from .defaults import defaults
from .encryption import Encryption
from .errors import SettingsError, explained
from .existing_network import ExistingNetwork
from .keys import own
from .network import Subnet
from .overrides import Overrides
from .paths import placed
from .run import Run
from .upgrades import Upgrades

__all__ = ["Chart", "Settings", "SettingsError", "Subnet"]

PYINFRA = {"ssh_user", "ssh_key", "ssh_key_password", "ssh_port", "ssh_password"}
STAND_IN = {"deployment": "stand-in", "account_id": "123456789012"}


class Settings(Run, Upgrades, Costs, Overrides, Alerts, Addons, Database, Cluster, Encryption, ExistingNetwork):
    """
    The settings of one deployment, and the names that follow from them.

    **Example:**

    .. code:: python

        settings = Settings.of(host.data.dict())
        settings.kubernetes_version     # "1.36"
        settings.role("karpenter")      # "airflow-dev-us-west-2-karpenter"
    """

    _held: bool = PrivateAttr(False)

    @classmethod
    def of(cls, host_data: dict[str, Any], typed: Collection[str] = (), inventory: Path | None = None, named: Collection[str] = ()) -> Settings:
        """
        Returns the settings in a host's data, over the defaults; raises SettingsError with a line for each thing that is wrong.

        + host_data: `host.data.dict()`; what belongs to pyinfra itself (`_sudo`, `ssh_user`, ...) or is the user's own is passed over
        + typed: the keys among it that were given with `--data`
        + inventory: the directory its relative paths are in
        + named: the keys among it that somebody decided on, and that are not the project's defaults
        """
        passed_over = cls.own(host_data, typed)
        given = {key: value for key, value in host_data.items() if not _is_pyinfras(key) and key not in passed_over}
        wanted = _over_defaults(placed(given, typed, inventory))
        wrong: dict[str, list[str]] = {}
        try:
            settings = cls.model_validate(wanted)
        except ValidationError as error:
            wrong = explained(error, cls.names())
            right = {key: value for key, value in wanted.items() if key not in wrong}
            settings = cls.model_validate({**defaults(), **STAND_IN, **right})
        settings._named = frozenset(named)
        lines = [line for lines in wrong.values() for line in lines]
        lines += [found.line for found in settings.contradictions() if not wrong.keys() & set(found.settings)]
        if lines:
            raise SettingsError(lines)
        return settings

    def running(self, versions: dict[str, str], held: bool = False) -> Settings:
        """
        Returns the settings with the versions that run already, or are gone to.

        + versions: by setting
        + held: whether nodes stay on an older version of Kubernetes than the control plane for now
        """
        settings = self.model_copy(update=versions)
        settings._held = held
        return settings

    @property
    def nodes_held(self) -> bool:
        """Whether nodes stay on an older version of Kubernetes than the control plane for now."""
        return self._held

    @classmethod
    def own(cls, host_data: Iterable[str], typed: Collection[str] = ()) -> list[str]:
        """Returns the keys of a host's data that are no settings and resemble none: the user's own."""
        return own([key for key in host_data if not _is_pyinfras(key)], typed, cls.names())

    @classmethod
    def names(cls) -> list[str]:
        """Returns the name of every setting, as inventories and `--data` spell it."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def _is_pyinfras(key: str) -> bool:
    return key.startswith("_") or key in PYINFRA


def _over_defaults(given: dict[str, Any]) -> dict[str, Any]:
    wanted = {**defaults(), **given}
    if isinstance(given.get("charts"), dict):
        pinned = defaults()["charts"]
        changed = {chart: {**pinned[chart], **pin} for chart, pin in given["charts"].items() if chart in pinned and isinstance(pin, dict)}
        wanted["charts"] = {**pinned, **given["charts"], **changed}
    return wanted
