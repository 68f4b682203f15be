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
from platforms.models import Recognition

TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(recognitions: Iterable[tuple[Recognition, str]]) -> bytes:
    """One page a certificate; each comes with the address that verifies it.

    Recognitions need `scheme`, `platform__organisation` and `application`. Text reaches typst as
    data, never as markup. Who is not on the roster any more is marked so.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows = []
        for place, (recognition, url) in enumerate(recognitions):
            code = folder / f"code-{place}.svg"
            code.write_bytes(qrcode.make(url, image_factory=SvgPathImage, border=1).to_string())
            rows.append(_words(recognition) | {"url": url, "code": code.name})
        (folder / "data.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        main = folder / "main.typ"
        main.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
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
    rows.append(("验证码", recognition.verification_code))
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
