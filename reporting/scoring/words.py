"""A scheme's definition in Chinese, row by row: for its page and for comparing two versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reporting.scoring.scheme import MISSING

FACET_NAMES = {"kind": "类别", "field": "首要领域", "size": "规模"}
EVERYBODY = "全部平台"
BASIS = {True: "示例，文件没有列出", False: "有文件依据"}
TREATED = {"leave_out": "不计权重", "zero": "计 0 分"}
MISSING_NAMES = {"na": "不适用", "secret": "涉密", "uncounted": "未统计"}
HOW = {
    "bool": "是 100 分", "present": "已填 100 分", "count": "项数", "mean": "各项平均",
    "choice": "按选项取分",
}  # fmt: skip


def method_words(item: Mapping[str, Any]) -> str:
    """How an item's value becomes 0–100."""
    method = item.get("method", "minmax")
    words = {"percentile": "同组百分位", "minmax": "同组极差"}.get(
        method, f"满分 {item.get('full', 100)}，不分组"
    )
    return words + ("，越低越好" if item.get("direction") == "down" else "")


def value_words(item: Mapping[str, Any]) -> str:
    """How what is no number becomes one; nothing to say of a number."""
    if item.get("value") == "share":
        return f"已有项数 ÷ {item['of']}"
    return HOW.get(item.get("value", ""), "")


def item_words(item: Mapping[str, Any]) -> str:
    """A second-level indicator in one line."""
    parts = [value_words(item), method_words(item), f"份额 {item['weight']}"]
    return "，".join(filter(None, parts))


def veto_words(veto: Mapping[str, Any]) -> str:
    """When a veto is met."""
    years = f"近 {veto['years']} 年" if veto.get("years", 1) > 1 else "当年"
    code = veto.get("code", "")
    return {
        "positive": f"{years}任一年 {code} 大于 {veto.get('more_than', 0)}",
        "true": f"{years}任一年 {code} 为“是”",
        "zero": f"{years}任一年 {code} 为 0",
        "no_report": "没有经审核归档的年度报告",
        "false_data": "经查实提供虚假数据",
    }[veto["test"]].replace("当年任一年", "当年")


def grade_words(line: Mapping[str, Any]) -> str:
    """What a grade takes."""
    least = f"{line['minimum']} 分及以上" if line.get("minimum") else "其余"
    return least + (f"，且名次在前 {line['share']}%" if "share" in line else "")


def level_words(keys: Iterable[str]) -> str:
    """One grouping of peers."""
    return "＋".join(FACET_NAMES[key] for key in keys) or EVERYBODY


def group_words(groups: Iterable[Iterable[str]]) -> str:
    """The groupings from narrow to wide."""
    return "、".join(level_words(keys) for keys in groups)


def size_words(size: Mapping[str, Any]) -> str:
    """How sizes are told apart."""
    names = "、".join(band["name"] for band in size.get("bands", []))
    return f"按 {size['code']}：{names}" if size.get("code") else "不分"


def missing_words(missing: Mapping[str, Any] | None) -> str:
    """What becomes of values that are not there; nothing said: the usual."""
    treated = MISSING | dict(missing or {})
    return "，".join(f"“{MISSING_NAMES[key]}”的{TREATED[how]}" for key, how in treated.items())
