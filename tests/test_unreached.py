"""Of the slow tests CI reaches all in a few times: those left the last time first, then those of the rooms that changed."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from unreached import ROOMS, ROOT, Unreached

pytest_plugins = ["pytester"]
TESTS = ["tests/drift/test_a.py::one", "tests/drift/test_a.py::two", "tests/roundtrip/test_b.py::one", "tests/sandbox/test_c.py::one"]


def answers(commit="0", changed=()):
    """git of a repository whose history is known."""

    def git(*words):
        if words[0] == "diff" and words[2] == "lost":
            return None
        return [commit] if words[0] == "rev-parse" else list(changed)

    return git


def report(name, outcome="passed", when="call"):
    return SimpleNamespace(nodeid=name, when=when, passed=outcome == "passed", skipped=outcome == "skipped")


@pytest.fixture
def order(tmp_path):
    """A time that reaches some of the tests, of a repository with these changes: what order it had."""

    def time(*reached, failed=(), **history):
        unreached = Unreached(tmp_path / "cache" / "slow-tests.json", answers(**history))
        items = [SimpleNamespace(nodeid=name, location=(name.partition("::")[0], 0, "")) for name in TESTS]
        unreached.pytest_collection_modifyitems(items)
        for name in reached:
            unreached.pytest_runtest_logreport(report(TESTS[name]))
        for name in failed:
            unreached.pytest_runtest_logreport(report(TESTS[name], "failed"))
        return [TESTS.index(item.nodeid) for item in items]

    return time


def test_without_a_memory_the_rooms_that_changed_come_first(order):
    assert order(changed=["sandbox/aws/efs.py"]) == [2, 3, 0, 1]


def test_tests_that_changed_are_of_their_own_room(order):
    assert order(changed=["tests/sandbox/test_c.py"]) == [3, 0, 1, 2]


def test_the_rest_begins_elsewhere_with_another_commit(order, tmp_path):
    firsts = set()
    for commit in "012":
        firsts.add(order(commit=commit)[0])
        (tmp_path / "cache" / "slow-tests.json").unlink()
    assert firsts == {0, 2, 3}


def test_the_next_time_begins_with_what_was_not_reached(order):
    assert order(2, 0) == [0, 1, 2, 3]
    assert order(changed=["facts/rds.py"]) == [1, 0, 3, 2]


def test_and_with_what_failed(order):
    order(0, 1, 2, failed=[3])
    assert order()[0] == 3


def test_when_all_were_reached_all_begin_anew(order):
    order(0, 1, 2, 3)
    assert order() == [0, 1, 2, 3]


def test_a_commit_that_is_not_in_this_clone_is_as_good_as_none():
    assert Unreached._changed(SimpleNamespace(git=answers(changed=["sandbox/daemon.py"])), "lost") == {"roundtrip", "sandbox"}


def test_every_room_with_slow_tests_says_what_it_is_about():
    slow = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py") if _slow(path)}
    assert slow and slow <= ROOMS.keys()
    assert {about for abouts in ROOMS.values() for about in abouts} <= {path.name for path in ROOT.iterdir() if path.is_dir()}


def _slow(path: Path) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "slow" for node in ast.walk(ast.parse(path.read_text())))


def test_what_was_not_reached_is_named(pytester, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(**{"tests/drift/test_a": "def test_one(): pass\ndef test_two(): raise KeyboardInterrupt\ndef test_three(): pass"})
    ran = pytester.runpytest_subprocess("-p", "tests.unreached", "tests/drift")
    ran.stdout.fnmatch_lines(["*2 not reached, or failed: the next time begins with them*", "*test_a.py::test_two", "*test_a.py::test_three"])
    again = pytester.runpytest_subprocess("-p", "tests.unreached", "-v", "tests/drift")
    again.stdout.fnmatch_lines(["*test_two*"])
    again.stdout.no_fnmatch_line("*test_one*PASSED*")
