"""The portal's main job, walked in a real browser with a real worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.services.demo import DEMO_PASSWORD as PASSWORD
from cases.models import Case, Outcome, Project
from demands.models import Demand
from matching.models import Match
from tests.factories.accounts import make_uscc
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.real_celery, pytest.mark.slow]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_from_registration_to_published_case(browser: Browser, served: str) -> None:
    enterprise, city, operator = (Walker(browser, served) for _ in range(3))
    city.sign_in("city@demo.example", PASSWORD)
    operator.sign_in("operator@demo.example", PASSWORD)

    register(enterprise)
    approve(city)
    demand = post_demand(enterprise)
    publish(city, demand)
    ask_platform(enterprise, demand)
    project = work_through(enterprise, operator)
    confirm_outcome(enterprise, operator, project)
    tell_the_story(enterprise, operator, city, project)

    visitor = Walker(browser, served)
    visitor.go("/cases/")
    visitor.sees("环氧树脂放大到百公斤级")
    assert [w.complaints for w in (enterprise, city, operator, visitor)] == [[], [], [], []]


def register(enterprise: Walker) -> None:
    enterprise.go("/register/")
    enterprise.fill(
        organisation_name="中山旅程材料有限公司", uscc=make_uscc(4_210_001), region="广东省中山市",
        name="林工", email="lin@journey.example", password="correct-horse-7", consent="on",
    )  # fmt: skip
    enterprise.press("注册")
    enterprise.sees("注册成功")


def approve(city: Walker) -> None:
    city.go("/review/organisations/")
    city.follow("中山旅程材料有限公司")
    city.press("审核通过")
    city.sees("已审核通过")


def post_demand(enterprise: Walker) -> Demand:
    """A real need, in the words of the guided form; only what is asked for is typed."""
    enterprise.go("/demands/new/")
    enterprise.fill(
        title="电子级环氧树脂从公斤级放大到百公斤级",
        description="双酚 A 型环氧树脂小试已通，需放大到 100 kg/批，水洗纯化，控制可水解氯。",
        field="新材料",
    )
    enterprise.press("下一步")
    enterprise.fill(scale_low="50", scale_high="100", scale_unit="kg/批")
    for _ in range(4):
        enterprise.press("下一步")
    enterprise.fill(is_secrecy_confirmed="on")
    enterprise.press("提交审核")
    enterprise.sees("已提交审核")
    return Demand.objects.get(organisation__name="中山旅程材料有限公司")


def publish(city: Walker, demand: Demand) -> None:
    city.go(demand.get_absolute_url())
    city.press("通过并发布")
    city.sees("已通过并发布")


def ask_platform(enterprise: Walker, demand: Demand) -> None:
    """The worker matches by itself; the page shows progress and then explained results."""
    enterprise.go(f"{demand.get_absolute_url()}matches/")
    enterprise.sees("匹配于")  # the progress bar asks for the page again once the run is over
    assert Match.objects.filter(demand=demand).exists()
    enterprise.sees("演示高分子材料中试平台")
    enterprise.sees("匹配度")
    enterprise.sees("符合")
    card = enterprise.page.locator("main .match-card, main article").filter(
        has_text="演示高分子材料中试平台"
    )
    card.get_by_role("link", name="发起咨询").first.click()
    enterprise.fill(body="请问最早什么时候能排上？")
    enterprise.press("发送咨询")
    enterprise.sees("咨询已发出")


def work_through(enterprise: Walker, operator: Walker) -> Project:
    """Answer, quote, contract, pilot, delivery."""
    today = timezone.localdate()
    page = enterprise.path
    operator.go(page)
    operator.fill(body="下周可以开始，报价随后给出。")
    operator.press("发送")
    operator.sees("洽谈中")
    operator.act(
        "报价", amount_yuan="86000", lead_days="30",
        valid_until_date=(today + timedelta(days=30)).isoformat(), scope="三批放大与检测",
    )  # fmt: skip
    operator.sees("8.6万元")
    enterprise.go(page)
    enterprise.act(
        "确认签约", contract_amount_yuan="86000", contract_date=today.isoformat(),
        promised_date=(today + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    enterprise.sees("已签约")
    operator.go(page)
    operator.press("开始中试")
    operator.press("交付")
    operator.sees("已交付")
    return Project.objects.get(enterprise__name="中山旅程材料有限公司")


def confirm_outcome(enterprise: Walker, operator: Walker, project: Project) -> None:
    operator.go(f"{project.get_absolute_url()}outcome/")
    operator.fill(
        kind="完成中试验证", description="三批均达到 100 kg，可水解氯低于 100 ppm。",
        achieved_date=timezone.localdate().isoformat(), evidence_grade="C 有往来记录",
    )  # fmt: skip
    operator.press("提出成果，请企业确认")
    operator.sees("待企业确认")
    outcome = Outcome.objects.get(project=project)
    enterprise.go(outcome.get_absolute_url())
    enterprise.press("确认属实")
    enterprise.sees("企业已确认")


def tell_the_story(enterprise: Walker, operator: Walker, city: Walker, project: Project) -> None:
    operator.go(f"{project.get_absolute_url()}case/")
    operator.fill(title="环氧树脂放大到百公斤级", summary="平台用三批中试帮助企业完成放大。")
    operator.page.locator("main form button[type=submit]").first.click()
    operator.page.wait_for_load_state()
    case = Case.objects.get(project=project)
    operator.go(case.get_absolute_url())
    operator.press("请企业同意")
    enterprise.go(case.get_absolute_url())
    enterprise.press("同意公开")
    city.go(case.get_absolute_url())
    city.press("发布")
    city.sees("案例已发布")
