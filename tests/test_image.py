"""`make image`: a team's packages in Airflow's image, under a tag that follows from them."""

import pytest

from deploys import image
from settings import Settings

INVENTORY = """deployments = [
    ("@eks/one", {"account_id": "123456789012", "endpoint_public": False, "airflow_image": "registry.example.com/airflow", "airflow_packages": "packages.txt"}),
    ("@eks/two", {"account_id": "123456789012", "endpoint_public": False}),
]
"""


@pytest.fixture
def inventory(tmp_path, monkeypatch):
    (tmp_path / "packages.txt").write_text("cowsay==6.1\n")
    (tmp_path / "mine.py").write_text(INVENTORY)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(image, "TOOLS", ("docker-of-the-test",))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine.py"


def builder(inventory, code: int):
    """A docker that writes down what it was told."""
    program = inventory.parent / "bin" / "docker-of-the-test"
    program.write_text(f'#!/bin/sh\necho "$@" >> {inventory.parent}/told\nexit {code}\n')
    program.chmod(0o755)


def tag(inventory) -> str:
    return image.of_inventory(inventory)[0].image_of_airflow.rpartition(":")[2]


def test_it_is_built_and_pushed(inventory):
    builder(inventory, 0)
    assert image.main([str(inventory)]) == 0
    wanted = f"registry.example.com/airflow:{tag(inventory)}"
    assert (inventory.parent / "told").read_text().splitlines() == [f"build --tag {wanted} build/image/{tag(inventory)}", f"push {wanted}"]
    built = inventory.parent / "build/image" / tag(inventory)
    assert (built / "requirements.txt").read_text() == "cowsay==6.1\n"
    dockerfile = (built / "Dockerfile").read_text()
    assert dockerfile.startswith("FROM apache/airflow:3.3.2\n") and '"apache-airflow==3.3.2" -r /requirements.txt' in dockerfile


def test_what_fails_is_not_pushed(inventory, capsys):
    builder(inventory, 1)
    assert image.main([str(inventory)]) == 1
    assert "docker-of-the-test build failed" in capsys.readouterr().err
    assert "push" not in (inventory.parent / "told").read_text()


def test_without_a_builder_the_commands_are_told(inventory, capsys):
    assert image.main([str(inventory)]) == 1
    told = capsys.readouterr()
    assert "docker-of-the-test push registry.example.com/airflow:3.3.2-" in told.out and "is on the PATH: run this where one is" in told.err


def test_the_tag_follows_the_packages_and_the_release(inventory):
    before = tag(inventory)
    (inventory.parent / "packages.txt").write_text("cowsay==6.0\n")
    assert before != tag(inventory) and before.startswith("3.3.2-")
    given = {"deployment": "one", "account_id": "123456789012", "endpoint_public": False, "airflow_image": "registry.example.com/airflow"}
    assert Settings.of({**given, "airflow_packages": "packages.txt", "airflow_version": "3.3.1"}, inventory=inventory.parent).image_of_airflow.startswith(
        "registry.example.com/airflow:3.3.1-"
    )


def test_an_inventory_without_packages_is_told_what_to_name(inventory, capsys):
    inventory.write_text(INVENTORY.replace('"airflow_packages": "packages.txt"', "").replace('airflow",', 'airflow:1",'))
    with pytest.raises(SystemExit) as ended:
        image.main([str(inventory)])
    assert ended.value.code == 1 and "name a requirements file" in capsys.readouterr().err
