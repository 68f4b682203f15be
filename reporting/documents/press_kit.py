"""The press kit of a publication (G24): its files, charts and main numbers in one ZIP."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from core.files import files_of
from reporting.documents.charts import svg
from reporting.documents.pdf import PRESS_PPI, charts_png
from reporting.documents.publication import printed
from reporting.models import Publication

Json = dict[str, Any]
BAD_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
KEPT_AS_IT_IS = {"pdf", "docx", "xlsx", "png"}  # already compressed
TAKEN = {"pdf", "docx", "xlsx"}


def press_kit(publication: Publication) -> bytes:
    """A ZIP of what a newsroom needs; needs the other files to be made before it."""
    content = printed(publication)
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as kit:
        _put(kit, "说明.txt", about(content).encode())
        if publication.snapshot and publication.snapshot["numbers"]:
            _put(kit, "主要数字.txt", numbers_text(content).encode())
        for stored in files_of(publication):
            if stored.name.rsplit(".", 1)[-1] in TAKEN:
                with stored.file.open("rb") as kept:
                    _put(kit, stored.name, kept.read())
        drawn = list(_charts(content))
        pictures = charts_png([chart for _title, chart in drawn], ppi=PRESS_PPI)
        for (title, chart), picture in zip(drawn, pictures, strict=True):
            _put(kit, f"图表/{title}.svg", svg(chart, is_print=True).encode())
            _put(kit, f"图表/{title}.png", picture)
    return buffer.getvalue()


def _put(kit: ZipFile, name: str, body: bytes) -> None:
    folder, _, last = name.rpartition("/")
    safe = last.translate(BAD_IN_NAMES)
    is_packed = safe.rsplit(".", 1)[-1] in KEPT_AS_IT_IS
    kit.writestr(
        f"{folder}/{safe}" if folder else safe, body, ZIP_STORED if is_packed else ZIP_DEFLATED
    )


def _charts(content: Json) -> Iterator[tuple[str, Json]]:
    for chapter in content["chapters"]:
        for block in chapter["blocks"]:
            if block["chart"]:
                yield block["title"], block["chart"]


def about(content: Json) -> str:
    """What the kit is, what holds for its numbers, how to name their source."""
    lines = [content["title"], content["edition"], ""]
    lines += [f"{label}：{value}" for label, value in content["facts"]]
    frozen = dict(content["facts"])["数据封存时间"]
    lines += [
        "",
        "引用时请写明来源、版次和数据封存时间：",
        f"{content['owner']}《{content['title']}》（{content['edition']}，数据封存于 {frozen}）",
        "每个数字的口径和合计方法见“主要数字.txt”和报告附录。",
    ]
    return _text(lines)


def numbers_text(content: Json) -> str:
    """The chapters' words, then each number with its definition beside it."""
    known = {row[0]: row for row in content["definitions"]}
    head = content["heads"]["numbers"]
    lines = [f"{content['title']} 主要数字", ""]
    for chapter in content["chapters"]:
        lines += ["", f"【{chapter['title']}】"]
        lines += ["".join(words for words, _code in parts) for parts in chapter["paragraphs"]]
        for name, value, *others, reference in chapter["numbers"]:
            rest = "；".join(f"{label} {text}" for label, text in
                            zip(head[2:-1], others, strict=True) if text)  # fmt: skip
            _number, code, _name, words, method, version = known[reference]
            lines.append(f"· {name}：{value}" + (f"（{rest}）" if rest else ""))
            lines.append(f"  口径 {code}（{version}）：{words} 合计：{method}")
    return _text(lines)


def _text(lines: list[str]) -> str:
    """Windows line ends, so that any editor shows the lines."""
    return "\r\n".join(lines) + "\r\n"
