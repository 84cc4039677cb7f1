"""Operations on helm releases."""

from operations.helm.definitions import crds
from operations.helm.origins import origin_of
from operations.helm.releases import release

__all__ = ["crds", "origin_of", "release"]
