"""Take a backup set: ``pyinfra -y inventories/dev.py deploys/backup.py``; ``--data delete=ID`` removes one, ``--dry`` shows those there are."""

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.run import declared, planned
from deploys.sets import identity, outlived, removed, sets, taken

settings, _ = declared()
found = sets(settings)
for one in found:
    host.log(f"backup set {one}")
if settings.delete and settings.delete not in [one.backup for one in found]:
    there = ", ".join(one.backup for one in found) or "none"
    raise PyinfraError(f"{host.name}: there is no backup set {settings.delete} of {settings.deployment}; there are {there}")
steps = [removed(settings, settings.delete)] if settings.delete else [taken(settings, identity()), *outlived(settings, found)]
planned(settings, steps)
for step in steps:
    step.declare()
