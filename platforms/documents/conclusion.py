"""The letter of conclusion of an assessment as PDF (G17, G18)."""

from __future__ import annotations

from pathlib import Path

from core.templatetags.portal_format import day, plain
from platforms.documents.certificate import printed
from platforms.enums import AssignmentStatus
from platforms.models import Assessment

# a sheet without items is scored as a whole
WHOLE = [{"name": "总体评价", "maximum": 100}]
TEMPLATE = Path(__file__).with_name("conclusion.typ")


def conclusion_pdf(assessment: Assessment, url: str) -> bytes:
    """What was assessed, by whom, with which result; `url` is the page that verifies the letter.

    The assessment is concluded and needs `recognition__scheme` and
    `recognition__platform__organisation`. Text reaches typst as data, never as markup.
    """
    recognition = assessment.recognition
    facts = [
        ("平台名称", recognition.platform.name),
        ("认定办法", f"{recognition.scheme}（{recognition.certificate_number}）"),
        ("应完成日", day(assessment.due_date)),
        ("评估日期", day(assessment.held_date)),
        ("考核组成员", assessment.members or "未注明"),
        ("核验码", assessment.verification_code),
    ]
    result = str(assessment.get_result_display())
    if assessment.rectify_by:
        result += f"，整改期限 {day(assessment.rectify_by)}"
    scores = [
        [row["name"], str(row["maximum"]), plain(assessment.scores.get(row["name"]))]
        for row in recognition.scheme.score_sheet or WHOLE
    ]
    total = "" if assessment.total is None else plain(assessment.total)
    tasks = [
        [row.name, row.target, row.done or "未注明", row.proof or "未注明"]
        for row in assessment.items.order_by("pk")
    ]
    words = {
        "title": f"{assessment.get_kind_display()}结论书",
        "is_demo": recognition.is_demo,
        "holder": recognition.platform.operator_display,
        "rows": facts,
        "tasks": tasks,
        "findings": assessment.findings,
        "scores": scores if total else [],
        "total": total,
        "experts": assessment.assignments.filter(status=AssignmentStatus.SCORED).count(),
        "result": result,
        "conclusion": assessment.conclusion,
        "signed": day(assessment.concluded_at),
    }
    return printed(TEMPLATE, [(words, url)])
