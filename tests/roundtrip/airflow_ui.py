"""The Airflow that runs on a sandbox, as its users see it: its API, and its pages in a browser."""

import json
import re
import time
import urllib.error
import urllib.request

NAME = "hello_world_scheduled_dag"
DAG = f"/api/v2/dags/{NAME}"
ENDED = ("success", "failed")
PATIENCE = 60
"""For an api-server that is being replaced (seconds)."""


class Ui:
    """Airflow's API, as the browser calls it."""

    def __init__(self, address: str, password: str):
        self.address, self.password, self.token = address, password, None
        self.token = self("POST", "/auth/token", {"username": "admin", "password": password})["access_token"]

    def __call__(self, method: str, path: str, document: dict | None = None):
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        data = None if document is None else json.dumps(document).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)

    def read(self, path: str):
        """A read that is asked again while an api-server goes and another comes."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self("GET", path)
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                if isinstance(error, urllib.error.HTTPError) and error.code < 500 or time.monotonic() > end:
                    raise
                time.sleep(1)

    def find(self, path: str):
        """What is at a path; ``None`` where nothing is."""
        try:
            return self("GET", path)
        except urllib.error.HTTPError:
            return None

    def begin(self) -> str:
        """A run of the DAG, triggered."""
        self("PATCH", DAG, {"is_paused": False})
        return self("POST", f"{DAG}/dagRuns", {"logical_date": None})["dag_run_id"]

    def state(self, run: str) -> str:
        """How a run is."""
        return self.read(f"{DAG}/dagRuns/{run}")["state"]

    def tasks(self, run: str) -> dict[str, str | None]:
        """How the tasks of a run are."""
        return {task["task_id"]: task["state"] for task in self.read(f"{DAG}/dagRuns/{run}/taskInstances")["task_instances"]}


def logged_in(box) -> Ui:
    """To the Airflow of a box, with what the sandbox prints."""
    told, password = box.sandbox("ui").stdout, box.sandbox("password")
    assert password.returncode == 0 and password.stdout.strip() not in told
    return Ui(re.search(r"http://127\.0\.0\.1:\d+", told)[0], password.stdout.strip())


def eventually(question, seconds):
    """The answer of a question, as soon as it is something."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(1)
    return answer


def log_in(browser, ui: Ui) -> None:
    """Come to the list of DAGs by the page on which a person logs in."""
    browser.open(ui.address, 1280, 860)
    browser.until("document.querySelector('#username, input[name=username]')?.form.action")
    fill = "(selector, value) => { document.querySelector(selector).value = value }"
    browser.ask(f"({fill})('input[name=username]', 'admin')")
    browser.ask(f"({fill})('input[name=password]', {json.dumps(ui.password)})")
    browser.ask("document.querySelector('input[name=password]').form.querySelector('[type=submit]').click()")
    browser.until("!location.pathname.includes('login') && document.readyState === 'complete'")


def press(browser, title: str, which: int = 0) -> None:
    """Press a button, by its words."""
    buttons = f"[...document.querySelectorAll('button')].filter((b) => [b.innerText.trim(), b.ariaLabel].includes('{title}') && !b.disabled)"
    browser.until(f"{buttons}.length > {which}")
    browser.ask(f"{buttons}.at({which}).click()")
