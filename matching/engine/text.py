"""Chinese technical text: one normal form, and the tokens that retrieval counts.

Every character is normalised by itself, so a position in the normal form can always be traced
back to the text a person typed; that is what makes highlighting honest.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import add

MAX_CHARACTERS = 20_000
"""Longer texts are cut here: what a need or a capability is stands in its first pages."""

_TRADITIONAL = (
    "開關產業發術機電動車線網絡訊號處測試驗證標準備設計劃製劑藥醫療診斷檢種養農飲氣體壓縮過濾純淨鹽鹼銅鋁鎂鈦鋼鐵鋅鎳鈷錳鋰鉛銀鎢釩礦煉鑄鍛熱塗層"
    "膠纖維織紡紙樹環離導顯圓積裝廠區實國際東廣華縣鄉園創務員專傳統經濟資數據庫軟雲無艙衛飛艦軌運輸儲倉燒爐鍋磚規噸萬億從這個與為時間後來對於應當"
    "將會現進階級類別條總結構複雜簡單強勁韌彈緩衝擊紋潤齒輪軸閥門廢棄濁漿塵滅質譜儀錶鏡頭攝監視聽聲響頻帶寬碼貨幣價幾點滿隨選擇優勢參許諾認識轉"
)
_SIMPLIFIED = (
    "开关产业发术机电动车线网络讯号处测试验证标准备设计划制剂药医疗诊断检种养农饮气体压缩过滤纯净盐碱铜铝镁钛钢铁锌镍钴锰锂铅银钨钒矿炼铸锻热涂层"
    "胶纤维织纺纸树环离导显圆积装厂区实国际东广华县乡园创务员专传统经济资数据库软云无舱卫飞舰轨运输储仓烧炉锅砖规吨万亿从这个与为时间后来对于应当"
    "将会现进阶级类别条总结构复杂简单强劲韧弹缓冲击纹润齿轮轴阀门废弃浊浆尘灭质谱仪表镜头摄监视听声响频带宽码货币价几点满随选择优势参许诺认识转"
)
_SIMPLE = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))

_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[a-zA-Z][^<>]{0,500}>", re.DOTALL | re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,20});")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9µα-ω]+(?:[.\-+/][a-z0-9α-ω]+)*[+]?")
_PIECE = re.compile(r"[a-zα-ω]+|[0-9]+(?:\.[0-9]+)?")
_HAN_FIRST, _HAN_LAST = "\u3400", "\u9fff"


_DROPPED = frozenset(("Cf", "Cs", "Co", "Cn", "Sk", "Mn"))


class _Table(dict[int, str]):
    """Character code → its normal form, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        normal = unicodedata.normalize("NFKC", character).lower()
        if category in _DROPPED or (
            category in ("So", "Cc") and normal == character and normal != "°"
        ):
            normal = " " if category in ("Cc", "So") else ""
        else:
            normal = "".join(_SIMPLE.get(part, part) for part in normal)
        self[code] = normal
        return normal


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in a text: characters ``start`` to ``end`` (exclusive) of the
    original."""

    start: int
    end: int


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _entity(match: re.Match[str]) -> str:
    """The character an HTML entity stands for, padded so that positions stay where they were."""
    character = html.unescape(match[0])
    return (character if len(character) == 1 else " ").ljust(len(match[0]))


def _without_markup(text: str) -> str:
    text = text[:MAX_CHARACTERS]
    if "<" in text:
        text = _MARKUP.sub(_blank, text)
    return _ENTITY.sub(_entity, text) if "&" in text else text


def normalise(text: str) -> str:
    """The normal form: no markup or emoji, half width, simplified, lower case, bounded in
    length."""
    return _without_markup(text).translate(_TABLE)


def normalise_with_positions(text: str) -> tuple[str, list[int]]:
    """The normal form and, for each of its characters, the position it came from in ``text``."""
    parts: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(_without_markup(text)):
        normal = _TABLE[ord(character)]
        parts.append(normal)
        positions.extend([position] * len(normal))
    return "".join(parts), positions


def _run_tokens(run: str) -> list[str]:
    if is_han(run[0]):
        return [*run, *map(add, run, run[1:])]
    pieces = _PIECE.findall(run)
    return [run] if len(pieces) < 2 else [run, *(piece for piece in pieces if len(piece) > 1)]


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return _HAN_FIRST <= character <= _HAN_LAST


def is_single(token: str) -> bool:
    """Whether a token is one character or a Latin word, not a pair of Chinese characters."""
    return len(token) == 1 or not is_han(token[0])


def run_places(normal: str) -> Iterator[tuple[str, int]]:
    """The runs of Chinese characters, and the Latin words, of a normalised text with where they
    begin."""
    return ((match[0], match.start()) for match in _RUN.finditer(normal))


def tokens_of_normal(normal: str) -> list[str]:
    """Tokens of a text that is already normalised: see `tokens`."""
    found: list[str] = []
    for run in _RUN.findall(normal):
        found += _run_tokens(run)
    return found


def tokens(text: str) -> list[str]:
    """Chinese characters and their pairs; Latin words, formulae and numbers whole and by their
    parts (``PA66`` → pa66 pa 66)."""
    return tokens_of_normal(normalise(text))


_SENTENCE = re.compile(r"[^。!?;；！？\n，,、]+")


@lru_cache(maxsize=4096)
def phrases(text: str) -> tuple[tuple[str, Span], ...]:
    """The clauses of a text that hold at least two tokens, each with its place: the grain of
    semantic explanation."""
    return tuple(
        (match[0].strip(), Span(match.start(), match.end()))
        for match in _SENTENCE.finditer(text[:MAX_CHARACTERS])
        if len(tokens(match[0])) >= 2
    )
