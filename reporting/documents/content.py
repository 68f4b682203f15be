"""What a printed report says, made of a snapshot: the same words for PDF and DOCX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporting.documents.publication import verifying
from reporting.enums import Fill, NullReason
from reporting.models import ReportVersion
from taxonomy.jurisdiction import current_jurisdiction

Snapshot = Mapping[str, Any]


def printed(snapshot: Snapshot, version: ReportVersion | None) -> dict[str, Any]:
    """Title, facts and tables of a report as plain words. Without a version it is a draft."""
    names = {line["code"]: line for line in snapshot["values"]}
    frozen = snapshot["frozen_at"].replace("T", " ")[:16]
    status = f"第 {version.number} 版" if version else "草稿，未提交"
    facts = [
        ("平台", snapshot["platform"]["name"]),
        ("运营单位", snapshot["platform"]["operator"] or "未注明"),
        ("报送地区", snapshot["cycle"]["region_name"]),
        ("版本", status),
        ("封存时间" if version else "生成时间", frozen),
        ("核验码", version.verification_code if version else "提交后生成"),
        ("摘要（SHA-256）", version.sha256 if version else "提交后生成"),
    ]
    return {
        "title": f"{snapshot['cycle']['year']} 年度报告",
        "name": snapshot["platform"]["name"],
        "portal": current_jurisdiction().title,
        "owner": current_jurisdiction().owner,
        "code": version.verification_code if version else "",
        **verifying(version.verification_code if version else ""),
        "is_demo": bool(snapshot["platform"].get("is_demo")),
        "facts": facts,
        "groups": _groups(snapshot),
        "plan": [
            [
                names[row["code"]]["name"] if row["code"] in names else row["code"],
                names[row["code"]]["unit"] if row["code"] in names else "",
                row["target"],
                row["note"],
            ]
            for row in snapshot["plan"]
        ],
        "plan_title": f"{int(snapshot['cycle']['year']) + 1} 年度计划",
        "summary": (names.get("PLN-07") or {}).get("value") or "",
    }


def _groups(snapshot: Snapshot) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for line in snapshot["values"]:
        if line["code"] == "PLN-07":  # long text: printed as such
            continue
        group = groups.setdefault(
            line["group"], {"code": line["group"], "name": line["group_name"], "rows": []}
        )
        group["rows"].append(
            [
                line["code"], line["name"], value_words(line), line["unit"],
                str(Fill(line["fill"]).label), line["note"],
            ]
        )  # fmt: skip
    return list(groups.values())


def value_words(line: Mapping[str, Any]) -> str:
    """The value, or why there is none."""
    if line["words"]:
        return str(line["words"])
    reason = line["null_reason"]
    return str(NullReason(reason).label) if reason else "未填"
