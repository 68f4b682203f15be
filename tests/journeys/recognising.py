"""From the open batch to the roster, page by page."""

from __future__ import annotations

from datetime import timedelta

from platforms.models import Application, Programme, Recognition, Scheme
from tests.journeys import year as days
from tests.journeys.year import Year

TITLE = "2026 年度省中试平台申报"
EVIDENCE = {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 journey"}


def open_programme(year: Year) -> Programme:
    province = year.be("province")
    province.follow("申报批次")
    province.follow("新建批次")
    scheme = Scheme.objects.get(slug=days.SCHEME)
    province.fill(
        scheme=f"{scheme}（{scheme.region}）", title=TITLE, year="2026",
        opens_date=days.APPLIED.isoformat(), publicity_workdays="5",
        closes_date=(days.APPLIED + timedelta(days=30)).isoformat(),
        notice="请在受理期内通过本平台申报，平台资料自动带入。",
    )  # fmt: skip
    province.press("保存")
    province.act("发布并受理")
    province.sees("受理中")
    return Programme.objects.get(title=TITLE)


def apply(year: Year, programme: Programme) -> Application:
    """The platform's facts are there already; only what nobody knows is asked for."""
    operator = year.be("operator")
    operator.follow("认定申报")
    operator.follow(programme.title)
    operator.follow("开始申报")
    operator.fill(build_type="直接认定")
    operator.press("建立申报")
    operator.sees("还缺 2 项才能提交")
    operator.press("保存并提交")
    operator.sees("还不能提交")
    operator.fill(statement="平台自有场地和设备，已对外服务三年。", has_no_veto="on")
    operator.press("保存")
    for field in operator.page.locator("main input[type=file]").all():  # one for each item
        field.set_input_files(EVIDENCE)
    operator.press("上传")
    operator.sees("营业执照.pdf")
    operator.sees("条件均已满足")
    operator.press("保存并提交")
    operator.sees("已提交，进展会通知您")
    return Application.objects.get(platform=year.platform)


def review(year: Year, application: Application) -> None:
    """The county sends it back once; then county, city and province pass it on."""
    page = application.get_absolute_url()
    year.on(days.RETURNED)
    county = year.be("county")
    county.follow("待本级办理的认定申报")
    county.follow(year.platform.name)
    county.act("退回补正", reason="请写明场地面积和产权。")
    county.sees("退回补正")

    operator = year.be("operator")
    operator.follow("待提交或补正的认定申报")
    operator.follow(year.platform.name)
    operator.sees("请写明场地面积和产权。")
    operator.follow("填写与提交")
    operator.fill(statement="平台自有场地 2400 平方米、自有设备，已对外服务三年。")
    operator.press("保存并提交")

    year.on(days.PASSED)
    steps = {"county": "报送市级审核", "city": "报送省级审核", "province": "送专家评审"}
    for who, step in steps.items():
        walker = year.be(who)
        walker.go(page)
        walker.act(step, reason="材料齐全，同意。")


def judge(year: Year, application: Application) -> None:
    """An expert is asked, declares, reads and scores."""
    page = application.get_absolute_url()
    province = year.be("province")
    province.go(page)
    province.sees("还没有专家评分")
    province.fill(reviewer="演示评审专家", due_date=days.VISITED.isoformat())
    province.press("邀请")
    province.sees("已邀请")

    expert = year.be("expert")
    expert.follow("待声明是否回避")
    expert.follow(year.platform.name)
    expert.act("声明无利益关系")
    expert.sees("自有场地 2400 平方米")
    for number, points in enumerate(("18", "22", "17", "18", "13")):
        expert.fill(**{f"item_{number}": points})
    expert.fill(comment="定位清楚，设施齐备。")
    expert.page.get_by_label("建议通过", exact=True).check()
    expert.press("提交评分")
    expert.sees("评分已提交")

    year.on(days.VISITED)
    province = year.be("province")
    province.go(page)
    province.sees("88")
    province.act("转现场核查")
    province.fill(
        visited_date=days.VISITED.isoformat(), members="张三、李四", result="通过",
        findings="设备在用，账物相符。",
    )  # fmt: skip
    province.press("记录核查")
    province.sees("核查记录已保存")


def announce_and_decide(year: Year, application: Application) -> Recognition:
    """Five working days in public, and only then the decision."""
    page = application.get_absolute_url()
    year.on(days.ANNOUNCED)
    province = year.be("province")
    province.go(page)
    province.act("开始公示")
    visitor = year.be("visitor")
    visitor.go("/publicity/")
    visitor.sees(year.platform.name)
    visitor.sees(days.LAST_DAY.isoformat())

    year.on(days.LAST_DAY, hour=17)
    province = year.be("province")
    province.go(page)
    province.sees("公示到 2026-03-16 结束")
    year.on(days.DECIDED)
    province = year.be("province")
    province.go(page)
    province.act("提请决定")
    province.act("同意认定", decision_number="粤发改〔2026〕88号", reason="同意认定。")
    province.sees("证书")
    return Recognition.objects.get(platform=year.platform)


def read_the_roster(year: Year, recognition: Recognition) -> None:
    """Everybody can check the certificate, and read the roster of any day."""
    visitor = year.be("visitor")
    visitor.go("/verify/")
    visitor.fill(code=recognition.verification_code.lower())
    visitor.press("核验")
    visitor.sees("证书有效")
    visitor.follow("证书")
    visitor.sees("粤发改〔2026〕88号")
    for day, is_there in ((days.LAST_DAY, False), (days.DECIDED, True)):
        visitor.go(f"/roster/?date={day.isoformat()}")
        assert visitor.page.locator("main").get_by_text(year.platform.name).count() == is_there
    visitor.go("/roster/changes/")
    visitor.sees(year.platform.name)
