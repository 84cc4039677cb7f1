"""Take Kubernetes back to the version the inventory names, while EKS can: ``pyinfra inventories/dev.py deploys/rollback.py``."""

from deploys.run import declared, planned
from deploys.upgrades.back import Rollback

settings, _ = declared()
rollback = Rollback(settings)
rollback.check()
rollback.tell()
if rollback.wants:
    planned(settings, rollback.wants)
for want in rollback.wants:
    want.declare()
