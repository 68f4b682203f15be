"""Certificates as PDF by typst, each with the QR code of its verification page (ADR 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pylopdf_fonts_zh_cn
import qrcode
import typst
from qrcode.image.svg import SvgPathImage

from core.templatetags.portal_format import day
from platforms.enums import RecognitionStatus
from platforms.models import Recognition, TaxEligibility

TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(recognitions: Iterable[tuple[Recognition, str]]) -> bytes:
    """One page a certificate; each comes with the address that verifies it.

    Recognitions need `scheme`, `platform__organisation` and `application`. Text reaches typst as
    data, never as markup. Who is not on the roster any more is marked so.
    """
    return printed(TEMPLATE, [(_words(recognition), url) for recognition, url in recognitions])


def tax_proof_pdf(row: TaxEligibility, url: str) -> bytes:
    """The proof that a platform may use the import-tax policy (G47), with what has lapsed."""
    facts = [("核定文件", row.document_number), ("享受起始日", day(row.started_date))]
    if row.valid_until:
        facts.append(("有效期至", day(row.valid_until)))
    lapsed = ""
    if row.ended_date:
        lapsed = f"自 {day(row.ended_date)} 起停止享受，不再作为有效凭证"
    elif not row.is_valid:
        lapsed = "不在享受期内，不作为有效凭证"
    words = {
        "title": "进口税收资格证明", "is_demo": row.is_demo, "lapsed": lapsed,
        "holder": row.platform.operator_display,
        "body": f"贵单位建设运营的“{row.platform.name}”，经核定列入可享受进口税收政策的"
        "中试平台名单。进口货物的范围和手续以海关、税务部门的规定为准。",
        "rows": [*facts, ("核验码", row.verification_code)],
    }  # fmt: skip
    return printed(TEMPLATE, [(words, url)])


def printed(template: Path, pages: list[tuple[dict[str, Any], str]]) -> bytes:
    """`template` filled with the words of each page, and the address that its QR code holds."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows = []
        for place, (words, url) in enumerate(pages):
            code = folder / f"code-{place}.svg"
            code.write_bytes(qrcode.make(url, image_factory=SvgPathImage, border=1).to_string())
            rows.append(words | {"url": url, "code": code.name})
        (folder / "data.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        main = folder / "main.typ"
        main.write_text(template.read_text("utf-8"), "utf-8")
        return typst.compile(
            main,
            format="pdf",
            root=folder,
            font_paths=[Path(pylopdf_fonts_zh_cn.__file__).parent],
            ignore_system_fonts=True,
        )


def _words(recognition: Recognition) -> dict[str, Any]:
    scheme, platform = recognition.scheme, recognition.platform
    how = f"以“{recognition.get_build_type_display()}”方式" if recognition.build_type else ""
    name = scheme.name.replace("备案", "")
    application = recognition.application
    rows = [
        ("证书编号", recognition.certificate_number),
        (f"{scheme.word}日期", day(recognition.decided_date)),
    ]
    if recognition.valid_until:
        rows.append(("有效期至", day(recognition.valid_until)))
    if application is not None and application.decision_number:
        rows.append(("决定文号", application.decision_number))
    rows.append(("核验码", recognition.verification_code))
    return {
        "title": f"{scheme.name}{scheme.word}证书",
        "is_demo": recognition.is_demo,
        "holder": platform.operator_display,
        "body": f"贵单位建设运营的“{platform.name}”，依据{scheme.basis}，"
        f"{how}{scheme.word}为{name}。",
        "rows": rows,
        "lapsed": "" if recognition.is_on_roster else _lapsed(recognition),
    }


def _lapsed(recognition: Recognition) -> str:
    if recognition.status == RecognitionStatus.BUILDING:
        return "建设中，建成验收后入册"
    since = f"自 {day(recognition.ended_date)} 起" if recognition.ended_date else ""
    return f"{since}{recognition.get_status_display()}，不再作为有效凭证"
