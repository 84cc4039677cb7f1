"""The keys of an inventory that are no settings."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

ADVICE = {
    "name": "pyinfra takes it as the name of every operation; a deployment's name is its host's, @eks/<deployment>",
}
ALIKE = 0.8
"""How much of two names is the same where one may be the other, misspelt."""


def own(keys: Iterable[str], typed: Collection[str], settings: Collection[str]) -> list[str]:
    """
    Returns those that are the user's own: they were not typed for this run, and are not a misspelt setting.

    + keys: of a host's data
    + typed: those given with `--data`
    + settings: the name of every setting
    """
    strange = [key for key in keys if key not in settings and key not in typed and key not in ADVICE]
    return [key for key in strange if not get_close_matches(key.lower(), settings, 1, ALIKE)]


def nearest(key: str, settings: Iterable[str]) -> str:
    """Returns what to say of a key that is refused: the setting it may be meant for."""
    if key in ADVICE:
        return f": {ADVICE[key]}"
    near = get_close_matches(key.lower(), settings, 1)
    return f"; did you mean {near[0]}?" if near else "; docs/settings.md lists them"
