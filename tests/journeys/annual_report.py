"""From the opened cycle to the archived report, page by page."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Locator, expect

from reporting.models import AnnualReport, ReportCycle, ReportVersion
from tests.journeys import year as days
from tests.journeys.walker import PATIENCE, Walker
from tests.journeys.year import Year

SENTENCE = "当年首次填报，数据已与台账核对。"
PLANNED = "10"
PROOF = {"name": "合同清单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 contracts"}
FILES = {"PDF": b"%PDF", "Word": b"PK\x03\x04", "Excel": b"PK\x03\x04"}


def open_cycle(year: Year) -> ReportCycle:
    """The province opens the year; a job makes and prefills a report for who is on the roster."""
    year.on(days.OPENED)
    province = year.be("province")
    province.follow("年度填报")
    province.follow("新建")
    province.fill(
        year="2026", region="广东省", opens_date=days.OPENED.isoformat(),
        due_date=(days.OPENED + timedelta(days=80)).isoformat(), coverage="已认定的平台",
    )  # fmt: skip
    province.press("建立")
    cycle = ReportCycle.objects.get(year=2026)
    days.review_by_county_too(cycle)
    province.act("开始填报")
    province.go(cycle.get_absolute_url())
    expect(province.page.locator(".stat").first).to_contain_text("1", timeout=PATIENCE)
    return cycle


def fill_in(year: Year) -> AnnualReport:
    """Group by group: what the portal knows stands there, the rest is typed once."""
    report = AnnualReport.objects.get(platform=year.platform)
    operator = year.be("operator")
    operator.follow("待填报的年度报告")
    operator.follow(year.platform.name)
    operator.follow("填写")
    groups = operator.page.locator("main .tabs a").evaluate_all("all => all.map(a => a.href)")
    for address in groups[:-2]:
        operator.go(address.removeprefix(operator.address))
        for question in operator.page.locator("main fieldset.fieldset").all():
            answer(question)
        operator.press("保存")
        operator.sees("已保存")
    operator.follow("下年度计划")
    for target in operator.page.locator("main table").first.locator("input[name$=-target]").all():
        target.fill(PLANNED)
    operator.press("保存计划")
    operator.sees("计划已保存")
    explain(operator)
    prove(operator, report)
    return report


def answer(question: Locator) -> None:
    """Type something plausible for one question; a list that is empty says why."""
    code = question.get_attribute("id")
    choice = question.locator(f"select[name={code}-value]")
    boxes = question.locator(f"input[type=checkbox][name={code}-value]")
    text = question.locator(f":is(input[type=text], textarea)[name={code}-value]")
    if choice.count():
        choice.select_option(index=2)
    elif boxes.count():
        boxes.first.check()
    elif text.count():
        is_number = text.get_attribute("inputmode") == "decimal"
        text.fill("1" if is_number else "运行正常，人员和设备齐备。")
    else:
        question.locator(f"[name={code}-null]").select_option(label="不适用")


def explain(operator: Walker) -> None:
    """The check page leads to each reminder, where a sentence is asked for."""
    operator.follow("检查并提交")
    operator.sees("处需要处理")
    left = operator.page.locator("main tbody tr")
    places = left.locator("th a").evaluate_all("all => all.map(a => a.href)")
    errors = left.filter(has_text="错误").all_inner_texts()
    assert errors == []
    for group in dict.fromkeys(place.split("#")[0] for place in places):
        operator.go(group.removeprefix(operator.address))
        for place in (place for place in places if place.startswith(group + "#")):
            operator.page.locator(f"[name={place.split('#')[1]}-note]").fill(SENTENCE)
        operator.press("保存")
        operator.sees("已保存")
    operator.follow("检查并提交")
    operator.sees("没有要处理的问题")


def prove(operator: Walker, report: AnnualReport) -> None:
    """Evidence stands at the number it proves."""
    operator.go(f"{report.get_absolute_url()}values/SRV-22/")
    operator.page.set_input_files("main input[name=files]", PROOF)
    operator.press("上传")
    operator.sees("证明材料已上传")
    operator.sees("合同清单.pdf")


def submit(year: Year, report: AnnualReport) -> None:
    operator = year.be("operator")
    operator.go(f"{report.get_absolute_url()}check/")
    operator.act("提交")
    operator.sees("已办理")


def review(year: Year, report: AnnualReport) -> None:
    """The county asks about one number; mended, the report goes up to the archive."""
    county = year.be("county")
    county.follow("待本级审核的年度报告")
    county.follow(year.platform.name)
    county.page.locator("#SRV-22 a").first.click()
    county.fill(body="与合同清单不符，请核对。")
    county.press("写下意见")
    county.go(report.get_absolute_url())
    county.act("退回修改", reason="一处数值请核对。")
    county.sees("退回")

    operator = year.be("operator")
    operator.follow("待填报的年度报告")
    operator.follow(year.platform.name)
    operator.sees("与合同清单不符，请核对。")
    operator.go(f"{report.get_absolute_url()}fill/SRV/")
    operator.fill(**{"SRV-22-value": "0.80"})
    operator.press("保存")
    operator.sees("已保存")
    submit(year, report)
    steps = {"county": "通过，报市级", "city": "通过，报省级", "province": "通过并归档"}
    for who, step in steps.items():
        walker = year.be(who)
        walker.go(report.get_absolute_url())
        walker.press(step)
        walker.sees("已办理")


def read(year: Year, report: AnnualReport) -> None:
    """Both versions compared, the files fetched, the code on the print checked by anybody."""
    first, second = ReportVersion.objects.filter(report=report).order_by("number")
    operator = year.be("operator")
    operator.go(report.get_absolute_url())
    operator.sees("已归档")
    operator.page.locator("main summary", has_text="下载").click()
    for name, start in FILES.items():
        with operator.page.expect_download() as waiting:
            operator.page.locator("main").get_by_role("link", name=name, exact=True).click()
        assert waiting.value.path().read_bytes().startswith(start)
    operator.follow(str(second))
    operator.sees("处不同")
    operator.sees("0.8")
    operator.sees("完全一致")
    visitor = year.be("visitor")
    for version, words in ((first, "请以新版本为准"), (second, "核验通过")):
        visitor.go("/reports/verify/")
        visitor.fill(code=version.verification_code)
        visitor.press("核验")
        visitor.sees(words)
