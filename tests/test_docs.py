"""The documentation as a site: every page is in it, every link leads somewhere."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_site_is_built_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-d", tmp_path / "doctrees", "docs", tmp_path / "site"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in (tmp_path / "site").glob("*.html")}
