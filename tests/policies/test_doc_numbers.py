import pytest

from policies.doc_numbers import normalise_doc_number


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("粤府办〔2024〕7号", "粤府办〔2024〕7号"),
        ("粤府办[2024]7号", "粤府办〔2024〕7号"),
        ("粤府办(2024)7号", "粤府办〔2024〕7号"),
        ("粤府办（2024）7号", "粤府办〔2024〕7号"),
        ("粤府办【2024】7号", "粤府办〔2024〕7号"),
        ("粤府办［2024］7号", "粤府办〔2024〕7号"),
        (" 粤府办 〔2024〕 第 07 号 ", "粤府办〔2024〕7号"),
        ("粤府办〔２０２４〕７号", "粤府办〔2024〕7号"),
        ("舟科〔2025〕11号(管理办法)", "舟科〔2025〕11号(管理办法)"),
        ("广东省人民政府令第300号", "广东省人民政府令第300号"),
        ("通知 (试行)", "通知 (试行)"),
        ("", ""),
    ],
)
def test_brackets_and_digits(typed, official):
    assert normalise_doc_number(typed) == official
    assert normalise_doc_number(official) == official
