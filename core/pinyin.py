"""Sort keys: the embedded PostgreSQL has no ICU, so pinyin order is a stored column."""


def pinyin_key(name: str) -> str:
    """Pinyin of `name` with tone numbers, lower case, at most 200 characters: 东莞 → dong1guan3."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries would slow every start

    return "".join(lazy_pinyin(name, style=Style.TONE3)).lower()[:200]
