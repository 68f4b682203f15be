"""docker-compose.yml against the Compose specification and against what the portal needs.

`compose-spec.json` is the schema of the Compose Specification (compose-spec, Apache-2.0), as the
package check-jsonschema 0.39 carries it.
"""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.conf import settings

from portal.celery import app

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
LONG_RUNNING = {
    *("db", "valkey", "web", "beat"),
    *("worker-default", "worker-matching", "worker-reporting"),
}


@pytest.fixture
def compose() -> dict:
    return yaml.safe_load(TEXT)


def test_compose_file_is_valid(compose):
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text("utf-8"))

    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(compose))

    assert errors == []


def test_compose_has_every_service(compose):
    assert set(compose["services"]) == LONG_RUNNING | {"migrate"}


def test_compose_gives_no_secret_a_default():
    uses = re.findall(r"\$\{(\w+)(:?[-?])?", TEXT)

    assert {operator for name, operator in uses if name in SECRETS} == {":?"}


def test_compose_runs_one_worker_for_each_queue(compose):
    commands = [str(service.get("command", "")) for service in compose["services"].values()]

    served = [queue for command in commands for queue in re.findall(r"-Q (\S+)", command)]

    assert sorted(served) == sorted(queue.name for queue in app.conf.task_queues)


def test_compose_checks_health_of_everything_that_stays(compose):
    checked = {name for name, service in compose["services"].items() if "healthcheck" in service}

    assert checked == LONG_RUNNING


def test_compose_runs_our_programs_under_an_init_after_migration(compose):
    ours = {name: service for name, service in compose["services"].items() if "build" in service}

    assert all(service["init"] is True for service in ours.values())
    assert all(
        service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        for name, service in ours.items()
        if name != "migrate"
    )


def test_compose_database_is_version_18_and_sees_chinese(compose):
    database = compose["services"]["db"]

    assert database["image"] == "postgres:18"
    assert "--lc-ctype=C.UTF-8" in database["environment"]["POSTGRES_INITDB_ARGS"]
    assert database["volumes"] == ["db:/var/lib/postgresql"]  # where the image of 18 keeps data


def test_compose_opens_only_the_web_port(compose):
    open_ports = {name for name, service in compose["services"].items() if "ports" in service}

    assert open_ports == {"web"}
