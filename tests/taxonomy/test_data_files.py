"""The starting facts under `data/`: complete, sourced, public, without private addresses."""

import json
import re

import pytest
from django.conf import settings

COUNTS = {"platforms": 189, "demands": 168, "cases": 46, "policies": 68}
KINDS = {"gov", "media", "institute", "company", "mirror", "dataset", "code", "seed"}


def records(name):
    path = settings.BASE_DIR / "data" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", COUNTS)
def test_records_are_complete_with_unique_ids(name):
    ids = [row["id"] for row in records(name)]

    assert len(ids) == COUNTS[name]
    assert len(set(ids)) == len(ids)


def test_capabilities_belong_to_their_platform_by_id():
    pairs = [
        (row["id"], part["id"]) for row in records("platforms") for part in row["capabilities"]
    ]

    assert len({capability for _platform, capability in pairs}) == 392
    assert [pair for pair in pairs if not pair[1].startswith(f"{pair[0]}--")] == []


def test_cases_name_platforms_there_are():
    known = {row["id"] for row in records("platforms")}

    named = [row["platform_id"] for row in records("cases") if "platform_id" in row]

    assert len(named) == 44
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("name", COUNTS)
def test_records_tell_their_source(name):
    rows = records(name)

    assert [row["id"] for row in rows if row["source_kind"] not in KINDS] == []
    assert [
        row["id"]
        for row in rows
        if not (row.get("source_url") or row.get("source_title") or row.get("origin"))
    ] == []


@pytest.mark.parametrize("name", COUNTS)
def test_records_hold_no_private_telephone_or_mail(name):
    text = (settings.BASE_DIR / "data" / f"{name}.jsonl").read_text(encoding="utf-8")

    facts = re.sub(r'"source_(url|ref)": "[^"]*"', "", text)

    assert re.findall(r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)1[3-9]\d{9}(?!\d)", facts) == []


def test_origins_are_names_of_documents():
    origins = {row["origin"] for name in COUNTS for row in records(name) if "origin" in row}

    assert [origin for origin in origins if origin.endswith(".txt")] == []
    assert "粤府办〔2024〕7号" in origins
