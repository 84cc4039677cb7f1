"""docs/performance.md is what the kept results give."""

import json

from benchmarks.__main__ import BENCHMARKS
from benchmarks.report import PAGE, page

MACHINE = {"cores": 2, "memory_gib": 23, "python": "3.11.7", "load_before": 0.1}
ROW = {"verb": "install", "time_scale": 5, "critical_path": 166.0, "seconds": 180.0, "ratio": 1.084, "cpu_seconds": 9.0}
ROW |= {"calls": 400, "polls": 50, "writes": 170, "peak_mib": 150.2, "runs": 1}


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(BENCHMARKS), "python -m benchmarks report writes it"


def test_before_stands_above_after(tmp_path):
    for state, commit in (("after", "bbb"), ("before", "aaa")):
        (tmp_path / state).mkdir()
        found = {"date": "2026-11-22", "commit": commit, "machine": MACHINE, "chains": {"install": [["eks.cluster a", 510]]}, "rows": [ROW]}
        (tmp_path / state / "makespan.json").write_text(json.dumps(found))
    text = page(BENCHMARKS, tmp_path)
    assert text.index("## Makespan") < text.index("**Before** (2026-11-22, commit aaa; 2 cores") < text.index("**After**")
    assert "| install |          5 |             166 |    180 |  1.08 |" in text and "## Fleets" not in text
