"""Take Kubernetes, the database and Airflow to the versions the inventory names, stage by stage: ``pyinfra inventories/dev.py deploys/upgrade.py``."""

from deploys.run import declared, planned
from deploys.upgrades.stages import Upgrade

settings, wants = declared()
upgrade = Upgrade(settings)
upgrade.tell(wants)
upgrade.check()
if upgrade.wants:
    planned(settings, upgrade.wants)
for want in upgrade.wants:
    want.declare()
