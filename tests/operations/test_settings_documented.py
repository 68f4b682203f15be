"""`.env.example` and the settings name the same variables."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "WEB_BIND", "PORTAL_VERSION"}


def documented() -> set[str]:
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_env_example_names_every_variable_of_the_settings():
    source = (ROOT / "portal" / "settings.py").read_text("utf-8")

    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", source))

    assert read == documented() - COMPOSE_ONLY


def test_env_example_gives_no_secret_a_value():
    text = (ROOT / ".env.example").read_text("utf-8")

    active = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert active == []


def test_only_settings_read_the_environment():
    apps = [
        *("core", "taxonomy", "accounts", "notifications", "policies", "demands", "platforms"),
        *("matching", "cases", "reporting", "portal"),
    ]
    # The last two only name the settings module.
    allowed = {"portal/settings.py", "portal/celery.py", "portal/wsgi.py"}

    readers = {
        str(file.relative_to(ROOT))
        for app in apps
        for file in (ROOT / app).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", file.read_text("utf-8"))
    }

    assert readers - allowed == set()
