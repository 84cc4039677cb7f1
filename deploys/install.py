"""Make the platform: ``pyinfra -y inventories/dev.py deploys/install.py``; with ``--dry --diff`` only show what it would do."""

from deploys.run import declared, forwards, planned

settings, wants = declared()
planned(settings, forwards(wants))
for want in forwards(wants):
    want.declare()
