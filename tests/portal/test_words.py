"""Words that people read: brackets beside Chinese are full width."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CHINESE = r"[\u4e00-\u9fff]"
HALF = re.compile(rf"{CHINESE} ?\(|\({CHINESE}[^()]*\)|{CHINESE}\)")
FORMULAS = {"templates/reporting/indicator.html"}  # shows how a formula is typed
# comments, variables and tags of a template are not read
UNREAD = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}")


def field_words(field):
    yield str(field.verbose_name)
    yield str(getattr(field, "help_text", ""))
    yield from (str(label) for _, label in getattr(field, "flatchoices", ()))


def test_names_of_fields_and_choices_have_full_width_brackets():
    ours = [model for model in apps.get_models() if (ROOT / model._meta.app_label).is_dir()]
    words = [
        (model._meta.label, text)
        for model in ours
        for field in model._meta.concrete_fields
        for text in field_words(field)
    ]

    assert len(words) > 1000
    assert [row for row in words if HALF.search(row[1])] == []


def test_templates_have_full_width_brackets():
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT).as_posix()
        text = VALUE.sub("值", UNREAD.sub("", path.read_text(encoding="utf-8")))
        wrong += [(name, found.group()) for found in HALF.finditer(text) if name not in FORMULAS]

    assert wrong == []
