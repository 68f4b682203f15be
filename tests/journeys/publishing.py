"""From the archived reports to grades, a reward, a development report and a numbered list."""

from __future__ import annotations

from playwright.sync_api import expect

from reporting.models import EvaluationRun, Publication, PublishedList
from tests.journeys import year as days
from tests.journeys.annual_report import PROOF
from tests.journeys.walker import PATIENCE
from tests.journeys.year import Year

CLAIM = "0"
LINES = {"grades.0.minimum": "3", "grades.1.minimum": "2", "grades.2.minimum": "1"}


def revise_the_scheme(year: Year) -> None:
    """Staff move the grade lines and drop a veto: refused at the field, compared, put in force."""
    province = year.be("province")
    province.follow("评价办法")
    province.follow("运行评估")
    province.follow("修改评价办法")
    given = {"headings.0.weight": "11", "vetoes.4.name": "", "reason": "首年试行，先不看对外服务。"}
    province.fill(**LINES, **given)
    province.press("保存草稿并比较")
    province.sees("一级指标的权重之和须为 100，现在是 101。")
    province.fill(**{"headings.0.weight": "10"})
    province.press("保存草稿并比较")
    province.sees("60 分及以上，且名次在前 20%")
    province.sees("当年没有对外服务")
    province.sees("还没有按这个办法计算过的评价")
    province.act("启用")
    province.sees("已启用第 2 版")


def evaluate(year: Year) -> EvaluationRun:
    """Computed from what was archived; contested once, computed anew, published."""
    province = year.be("province")
    province.follow("运行评价")
    province.follow("新建评价")
    province.press("建立")
    run = EvaluationRun.objects.get()
    province.press("计算")
    province.go(run.get_absolute_url())
    province.sees(year.platform.name)
    province.act("开始公示")

    operator = year.be("operator")
    operator.go(run.get_absolute_url())
    operator.follow(year.platform.name)
    operator.sees("一票否决")  # an accident stands in the report
    operator.follow("提出异议")
    accident = operator.page.locator("main select[name=code] option", has_text="事故").first
    value = accident.get_attribute("value")
    operator.page.locator("main select[name=code]").select_option(value=value)
    operator.fill(claim=CLAIM, reason="台账已更新，附后。")
    operator.page.set_input_files("main input[name=file]", PROOF)
    operator.press("提交异议")
    operator.sees("待处理")

    province = year.be("province")
    province.follow("待答复的评价异议")
    province.go(run.get_absolute_url())
    province.follow(year.platform.name)
    province.act("采纳并更正", reason="核对到账凭证，属实。")
    province.sees("已采纳")
    year.on(days.GRADED)
    province = year.be("province")
    province.go(run.get_absolute_url())
    province.act("更多", confirm="核验计算")
    province.act("公布结果")
    visitor = year.be("visitor")
    visitor.go(run.get_absolute_url())
    visitor.sees(year.platform.name)
    return run


def reward(year: Year, run: EvaluationRun) -> None:
    """From the grade to the list, the publicity, the decision, the ledger and the payment."""
    province = year.be("province")
    province.go(run.get_absolute_url())
    province.follow("拟定奖补方案")
    province.sees("奖补规定为示例")
    province.fill(amount_wan="20", department="省发展改革委")
    province.press("算出名单")
    province.act("开始公示")
    visitor = year.be("visitor")
    visitor.go("/rewards/")
    visitor.follow("2026年度运行评估优秀奖补")
    visitor.sees(year.platform.name)
    address = visitor.path

    year.on(days.REWARDED)
    province = year.be("province")
    province.go(address)
    province.act("作出决定", document_number="粤演示〔2027〕1号")
    province.sees("已决定，待拨付")
    province = year.be("province")
    province.follow("财政资金台账")
    province.sees("2026年度运行评估优秀奖补")
    province.sees("20万元")
    province.sees("未登记")
    province.go(address)
    province.act("登记拨付", confirm="登记", paid_date=days.REWARDED.isoformat())
    province.sees("已登记 1 家的拨付")
    assert not province.page.locator("main summary", has_text="登记拨付").count()
    province = year.be("province")
    province.follow("财政资金台账")
    province.sees(days.REWARDED.isoformat())
    visitor.go(address)
    visitor.sees("粤演示〔2027〕1号")
    visitor.sees(f"已于 {days.REWARDED.isoformat()} 拨付")


def subsidise(year: Year) -> None:
    """A declining subsidy: planned, paid into the ledger, the next year still to be judged."""
    province = year.be("province")
    province.follow("退坡补贴")
    province.follow("定补贴计划")
    province.fill(
        platform=year.platform.name, level="市级", fund="中试平台运营补贴", base_yuan="500000",
        first_year="2027", rates="100, 60, 30", gate="上一年度评价合格以上",
        document_number="粤演示〔2027〕2号",
    )  # fmt: skip
    province.press("定计划")
    province.act(
        "登记 2027 年拨付", confirm="登记拨付", amount_yuan="480000",
        paid_date=days.REWARDED.isoformat(),
    )  # fmt: skip
    province.sees("48万元")
    province.sees("待考核")
    operator = year.be("operator")
    operator.follow("财政资金台账")
    operator.sees("中试平台运营补贴")
    operator.follow("退坡补贴计划")
    operator.sees("48万元")


def compile_report(year: Year) -> None:
    """Frozen, drafted, edited by hand, read over and made public."""
    province = year.be("province")
    province.follow("编写报告、手册与汇编")
    province.follow("新建")
    cycle = province.page.locator("main select[name=cycle]")
    cycle.select_option(index=1)
    province.press("建立并封存数据")
    publication = Publication.objects.get()
    desk = f"/manage/publications/{publication.pk}/"
    province.go(desk)
    province.page.locator("main tbody th a").first.click()
    text = province.page.locator("main textarea").first
    text.fill(text.input_value() + "\n\n全省中试服务能力稳步提升。")
    province.press("保存")
    province.go(desk)
    province.act("送审")
    province.go(desk)
    province.act("发布")

    visitor = year.be("visitor")
    visitor.go("/publications/")
    publication.refresh_from_db()
    visitor.follow(str(publication))
    visitor.sees("演示数据")
    visitor.sees("全省中试服务能力稳步提升。")
    for name in ("PDF", "Word", "Excel", "JSON"):
        expect(visitor.page.get_by_role("link", name=name, exact=True).first).to_be_visible(
            timeout=PATIENCE
        )


def issue_list(year: Year) -> None:
    """The first edition of the list of platforms, with a number and a day."""
    province = year.be("province")
    province.follow("发布编号清单")
    province.follow("中试平台清单")
    province.fill(demo="on")
    province.press("看看有多少条")
    province.press("发布第 1 期（1 条）")
    edition = PublishedList.objects.get()
    visitor = year.be("visitor")
    visitor.go(edition.get_absolute_url())
    visitor.sees(year.platform.name)
    visitor.sees("第 1 期")
