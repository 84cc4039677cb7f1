"""A person is asked before anything is sent, with the plan as the last thing on the screen."""

import re

from terminal import Terminal


def test_the_plan_is_the_last_thing_on_the_screen_and_ctrl_c_leaves_everything_as_it_is(account):
    before = len(account.calls)
    with Terminal(account, "install") as terminal:
        lines = [line.strip() for line in terminal.until("Press enter to do this").splitlines() if line.strip()]
        terminal.type("\x03")
        assert terminal.end() != 0 and "Traceback" not in terminal.text
    assert lines[-1] == "Press enter to do this, or Ctrl-C to leave everything as it is:"
    assert re.fullmatch(r"\d+ to create, .*, about \d+\w", lines[-2])
    assert re.fullmatch(r"cost: \+\$[\d.,]+ a month .*", lines[-3])
    assert lines[-4].startswith(("+ ", "~ ")) and "+ ec2.vpc airflow-sandbox" in lines
    assert not [line for line in lines if "Detected changes" in line or "Operation" in line or "Starting" in line]
    assert [call["action"] for call in account.calls[before:] if call["write"]] == []


def test_who_types_something_else_changes_nothing_either(account):
    before = len(account.calls)
    with Terminal(account, "install") as terminal:
        terminal.until("Press enter to do this")
        terminal.type("no\n")
        terminal.end()
    assert [call["action"] for call in account.calls[before:] if call["write"]] == []
