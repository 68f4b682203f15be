"""Which units are understood: what `quantities` compares, what pint knows, and what people count
or grade by. Anything else is a slip of the pen, or belongs into words."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from .quantities import COUNTERS, PER_BATCH, TIMES, UNITS, registry
from .text import normalise

EXAMPLES = (
    "g、kg、t、mL、L、m³、m²、μm、mm、℃、MPa、kW、kWh、V、Hz、rpm、Pa·s、mol/L、%、ppm、目、次、件、片、台(套)，"
    "以及 /批、/h、/天、/年"
)
# counted or graded by, and what has no dimension
_WORDS = frozenset(
    re.split(
        r"\s+",
        "% ‰ wt% vol% mol% at% ppm ppb ph 目 级 倍 次 位 层 道 轴 转 分 户 人 人次 家 项 种 例 "
        "卷 线 班 工位 台(套) 套(台) r hrc hb hv hra cfu iu u copies 拷贝 db dba lx phr nm3",
    )
)
_CHINESE_MULTIPLIER = re.compile(r"^[十百千万亿]+(?=.)")
_FOR_PINT = (
    ("℃", "degC"), ("°C", "degC"), ("º", "°"), ("²", "**2"), ("³", "**3"), ("⁻", "**-"), ("¹", "1"),
    ("·", "*"), ("•", "*"), ("⋅", "*"), ("×", "*"), ("µ", "u"), ("μ", "u"), ("Ω", "ohm"),
)  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z°*()\d.^\-]{1,20}")
_HAS_LETTER = re.compile(r"[A-Za-z°]")


@lru_cache(maxsize=512)
def is_unit(text: str) -> bool:
    """Whether `text` is a unit, alone or for each of something: kg, L/(m²·h), 台(套)/批."""
    folded = normalise(text).strip()
    if not folded:
        return False
    parts = re.split(r"[/每]", _without_brackets(folded))
    if all(part and _is_known(part) for part in parts):
        return True
    return _is_of_pint(text)


def _without_brackets(text: str) -> str:
    """L/(m²·h) as L/m²/h; the brackets of 台(套) stay."""
    return re.sub(r"/\(([^()]*)\)", lambda found: "/" + re.sub("[·*]", "/", found[1]), text)


def _is_known(part: str) -> bool:
    word = part.strip()
    bare = _CHINESE_MULTIPLIER.sub("", word)
    known = (UNITS, COUNTERS, TIMES, PER_BATCH, _WORDS)
    return any(word in words or bare in words for words in known) or _is_of_pint(word)


def _is_of_pint(text: str) -> bool:
    expression = text
    for written, meant in _FOR_PINT:
        expression = expression.replace(written, meant)
    expression = unicodedata.normalize("NFKC", expression).replace(" ", "")
    return all(
        _PLAIN.fullmatch(part) and _HAS_LETTER.search(part) and _parses(part)
        for part in expression.split("/")
    )


def _parses(expression: str) -> bool:
    units: Any = registry()
    for spelling in (expression, expression.lower()):
        try:
            units.parse_units(spelling)
        except Exception:  # noqa: S112 -- pint raises what its tokenizer happens to raise
            continue
        return True
    return False
