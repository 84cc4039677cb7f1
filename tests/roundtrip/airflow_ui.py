"""Airflow's API, as the browser calls it."""

import json
import re
import time
import urllib.error
import urllib.request


class Ui:
    """
    Logged in to as the admin.

    + address: of the UI
    """

    def __init__(self, address: str, password: str):
        self.address, self.token = address, None
        self.token = self("POST", "/auth/token", {"username": "admin", "password": password})["access_token"]

    def __call__(self, method: str, path: str, document: dict | None = None):
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        data = None if document is None else json.dumps(document).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)

    def find(self, path: str):
        """What is at a path; ``None`` where nothing is."""
        try:
            return self("GET", path)
        except urllib.error.HTTPError:
            return None


def logged_in(box) -> Ui:
    """To the Airflow of a box, with what the sandbox prints."""
    told, password = box.sandbox("ui").stdout, box.sandbox("password")
    assert password.returncode == 0 and password.stdout.strip() not in told
    return Ui(re.search(r"http://127\.0\.0\.1:\d+", told)[0], password.stdout.strip())


def eventually(question, seconds):
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(2)
    return answer
