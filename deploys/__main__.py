"""Where the deploys are, for who installed them as a package: ``pyinfra dev.py $(python -m deploys)/install.py``."""

from settings.root import ROOT

print(ROOT / "deploys")
