"""文号 as 党政机关公文处理工作条例 writes them: 机关代字〔年份〕序号号."""

from __future__ import annotations

import re
import unicodedata

YEAR = re.compile(r"[\[\(〔【［（{]\s*((?:19|20)\d{2})\s*[\]\)〕】］）}]")
SPACES = re.compile(r"\s+")
LEADING_ZEROS = re.compile(r"(〔\d{4}〕)\s*(?:第\s*)?0*(\d+)\s*号")


def normalise_doc_number(text: str) -> str:
    """`粤府办 [2024] 7号`, `粤府办(2024)07号` → `粤府办〔2024〕7号`.

    Only the brackets around a year change; what is no such number comes back trimmed.
    Source: 党政机关公文格式 GB/T 9704-2012, 7.2.5: 六角括号, no 虚位, no “第”.
    """
    digits = "".join(
        unicodedata.normalize("NFKC", char) if char.isdigit() else char for char in text.strip()
    )
    years = YEAR.sub(r"〔\1〕", digits)
    if years == digits and "〔" not in digits:
        return SPACES.sub(" ", digits)
    return LEADING_ZEROS.sub(r"\1\2号", SPACES.sub("", years))
