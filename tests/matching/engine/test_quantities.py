import pytest

from matching.engine.quantities import (
    Interval,
    Quantity,
    QuantityError,
    find_quantities,
    format_quantity,
    is_measure,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("50 kg/批", "mass", 50, 50),
        ("200公斤", "mass", 200, 200),
        ("10公斤到2吨", "mass", 10, 2000),
        ("500 L", "volume", 500, 500),
        ("0.5m³", "volume", 500, 500),
        ("不低于50升", "volume", 50, None),
        ("10–100 t/a", "mass_rate", 10_000, 100_000),
        ("１０～１００吨／年", "mass_rate", 10_000, 100_000),
        ("年产20万吨以上", "mass_rate", 2e8, None),
        ("日产100—300吨", "mass_rate", 36_525_000, 109_575_000),
        ("百公斤级", "mass", 100, 1000),
        ("千吨级", "mass", 1e6, 1e7),
        ("吨级", "mass", 1000, 10_000),
        ("7200㎡", "area", 7200, 7200),
        ("1400-1600℃", "temperature", 1400, 1600),
        ("-40~120℃", "temperature", -40, 120),
        ("50±5℃", "temperature", 45, 55),
        ("不超过3MPa", "pressure", None, 3),
        ("30—50万元", "money", 300_000, 500_000),
        ("5万片/月", "count_rate:片", 600_000, 600_000),
    ],
)
def test_parse_quantity_normalises(text, dimension, low, high):
    quantity = parse_quantity(text)

    assert quantity.dimension == dimension
    assert quantity.interval == Interval(low, high)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "请填写数量和单位"),
        ("50 foo", "不认识的单位“foo”"),
        ("100-10 kg", "下限大于上限"),
        ("很大", "看不懂这个数量"),
        ("5 kg 和 5 L", "只填一个数量"),
        ("5 kg 到 8 L", "不是同一类"),
    ],
)
def test_parse_quantity_refuses_with_a_message(text, message):
    with pytest.raises(QuantityError, match=message):
        parse_quantity(text)


def test_find_quantities_keeps_the_place_in_the_text():
    text = "需要５００L反应釜，产量10–100 t/a"

    found = find_quantities(text)

    assert [text[q.span.start : q.span.end] for q in found] == ["５００L", "10–100 t/a"]


def test_find_quantities_leaves_out_what_contradicts_itself():
    found = find_quantities("100-10 kg，另需 5 L")

    assert [quantity.text for quantity in found] == ["5 L"]


def test_format_quantity_without_words_shows_the_base_unit():
    quantity = parse_quantity("不低于50升")

    assert format_quantity(quantity) == "不低于50升"
    assert format_quantity(type(quantity)("volume", Interval(50, None), "L")) == "≥ 50 L"


@pytest.mark.parametrize(
    ("dimension", "unit", "low", "high", "shown"),
    [
        ("mass", "kg", 1e6, 1e6, "1,000 吨"),
        ("mass_rate", "kg/年", None, 3.5e7, "≤ 35,000 吨/年"),
        ("mass", "kg", 500, 2000, "0.5–2 吨"),
        ("mass", "kg", 2e-6, 5e-6, "2–5 mg"),
        ("volume", "L", 50, 50, "50 L"),
        ("length", "m", 2e-8, None, "≥ 20 nm"),
        ("money", "元", 1_250_500, 1_250_500, "125.05 万元"),
        ("temperature", "℃", -196, 1_000_000, "-196–1,000,000 ℃"),
        ("mass", "kg", 0, 0, "0 mg"),
    ],
)
def test_format_quantity_chooses_a_readable_unit(dimension, unit, low, high, shown):
    assert format_quantity(Quantity(dimension, Interval(low, high), unit)) == shown


def test_interval_refuses_contradiction():
    with pytest.raises(QuantityError, match="自相矛盾"):
        Interval(5, 1)


@pytest.mark.parametrize("words", ["公斤", "万元", "批", "百公斤级", "kg", "T"])
def test_a_mere_measure_is_known_as_one(words):
    assert is_measure(words)


@pytest.mark.parametrize("words", ["公斤级合成", "元素", "500L", "天然", "片剂"])
def test_words_that_say_what_is_made_are_no_measure(words):
    assert not is_measure(words)
