"""A fingerprint of secrets: another one as soon as one of them is another, and nothing to be read from it."""

import re

from pyinfra.api import HiddenValue

from connectors.commands.reference import Digest, resolve, uncertain

ONE, OTHER = ([{"password": HiddenValue(word)}] for word in ("hunter2hunter2", "hunter3hunter3"))


def test_it_changes_with_a_secret_alone():
    assert resolve(Digest(ONE)) == resolve(Digest([*ONE])) != resolve(Digest(OTHER))


def test_it_shows_nothing():
    assert re.fullmatch("[0-9a-f]{16}", resolve(Digest(ONE)))
    assert "hunter" not in f"{Digest(ONE)} {Digest(ONE)!r}"


def test_it_is_comparable_and_known_at_once():
    assert Digest(ONE) == Digest([*ONE]) and Digest(ONE) != Digest(OTHER)
    assert not uncertain(resolve(Digest(ONE)))
