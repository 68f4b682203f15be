"""Unified social credit codes, GB 32100-2015."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from core.errors import DomainError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
DEPARTMENTS = frozenset("123456789ANY")
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
LENGTH = 18


def normalise_uscc(value: str) -> str:
    """Half-width, upper case, without spaces and hyphens, as people paste it."""
    text = unicodedata.normalize("NFKC", value).upper()
    return "".join(char for char in text if not char.isspace() and char != "-")


def uscc_check_character(body: str) -> str:
    """The 18th character for the first seventeen: 31 − ΣCi·Wi mod 31, 31 written as 0."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def check_uscc(value: str, *, field: str | None = "uscc") -> str:
    """Return the normalised code, or raise DomainError saying what is wrong with it.

    Errors: `uscc_length`, `uscc_character`, `uscc_department`, `uscc_region`, `uscc_check`.
    Source: GB 32100-2015.
    """
    code = normalise_uscc(value)
    if len(code) != LENGTH:
        message = _("统一社会信用代码应为 18 位，现在是 %(count)d 位。") % {"count": len(code)}
        raise DomainError("uscc_length", message, field)
    wrong = "、".join(sorted(set(code) - set(ALPHABET)))
    if wrong:
        message = _("统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z；请检查“%(wrong)s”。")
        raise DomainError("uscc_character", message % {"wrong": wrong}, field)
    if code[0] not in DEPARTMENTS:
        message = _("统一社会信用代码第 1 位“%(char)s”不是登记管理部门代码。")
        raise DomainError("uscc_department", message % {"char": code[0]}, field)
    if not code[2:8].isdigit():
        message = _("统一社会信用代码第 3 至 8 位是登记机关行政区划码，应为数字。")
        raise DomainError("uscc_region", message, field)
    if code[-1] != uscc_check_character(code[:-1]):
        message = _("统一社会信用代码的校验位不符，请对照营业执照或登记证书逐位核对。")
        raise DomainError("uscc_check", message, field)
    return code
