"""Lines of the ledger of money that were entered wrongly: corrected, struck, asked about."""

from decimal import Decimal

import pytest

from core.errors import DomainError, Refused
from core.models import ActivityLog
from platforms import services
from platforms.models import FundingRecord
from platforms.services.recognition_messages import tell_recognition
from tests.factories.recognition import FundingFactory, SubsidyPlanFactory

EVENT = "3f0b9f6e-0000-4000-8000-000000000010"


@pytest.fixture
def line(platform):
    return FundingFactory(platform=platform)


def correct(actor, line, now, reason="金额多录", **values):
    return services.correct_funding(actor=actor, record=line, values=values, reason=reason, now=now)


def strike(actor, line, now, reason="平台选错"):
    services.strike_funding(actor=actor, record=line, reason=reason, now=now)


def test_a_correction_keeps_what_was_said_before(staff, line, now):
    mended = correct(staff, line, now, amount_yuan=Decimal(2_000_000), fund=line.fund)

    assert mended.amount_yuan == Decimal(2_000_000)
    log = ActivityLog.objects.get(action="platforms.fundingrecord.correct")
    assert (log.reason, log.data) == ("金额多录", {"before": {"amount_yuan": "3000000.00"}})
    with pytest.raises(DomainError) as error:
        correct(staff, line, now, amount_yuan=Decimal(2_000_000))
    assert error.value.code == "unchanged"


def test_a_correction_obeys_the_rules_of_the_ledger(staff, line, now):
    for values, code in (
        ({"reason": " "}, "reason_required"), ({"amount_yuan": Decimal(0)}, "invalid"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            correct(staff, line, now, **({"amount_yuan": Decimal(1)} | values))
        assert error.value.code == code
    other = FundingFactory(platform=line.platform, level="city", fund="市专项")
    with pytest.raises(DomainError) as error:
        correct(staff, other, now, level="province")
    assert error.value.code == "double_funding"
    FundingFactory(platform=line.platform, kind="reward", fund="奖补", year=2025)
    twin = FundingFactory(platform=line.platform, kind="reward", fund="奖补", year=2024)
    with pytest.raises(DomainError) as error:
        correct(staff, twin, now, year=2025)
    assert error.value.code == "twice"
    line.refresh_from_db()
    assert line.amount_yuan == Decimal(3_000_000)


def test_others_mend_nothing(operator, other_staff, line, now):
    for actor in (operator, other_staff):
        with pytest.raises(Refused):
            correct(actor, line, now, amount_yuan=Decimal(1))
        with pytest.raises(Refused):
            strike(actor, line, now)
    assert FundingRecord.objects.get().amount_yuan == Decimal(3_000_000)


def test_a_struck_line_is_gone_and_still_told(staff, operator, line, now):
    with pytest.raises(DomainError) as error:
        strike(staff, line, now, " ")
    assert error.value.field == "reason"

    strike(staff, line, now)

    assert not FundingRecord.objects.exists()
    log = ActivityLog.objects.get(action="platforms.fundingrecord.strike")
    assert (log.target_id, log.reason) == (str(line.platform.pk), "平台选错")
    assert log.data == {"year": 2024, "fund": line.fund, "amount_yuan": "3000000.00"}
    tell_recognition(
        event_id=EVENT, name="platforms.ledger.struck",
        payload={"platform_id": line.platform.pk}, now=now,
    )  # fmt: skip
    assert operator.notifications.get().title.startswith("一笔资金记录已撤销")


def test_what_a_plan_pays_is_mended_in_the_plan(staff, platform, line, now):
    plan = SubsidyPlanFactory(platform=platform)
    plan.years.filter(year=2025).update(funding=line, status="paid")

    for mend in (correct, strike):
        with pytest.raises(DomainError) as error:
            mend(staff, line, now)
        assert error.value.code == "linked"


def test_the_page_of_a_line(sign_in, staff, operator, stranger, line):
    url = line.get_absolute_url()
    assert sign_in(stranger).get(url).status_code == 404
    own = sign_in(operator).get(url).content.decode()
    assert "申请更正" in own
    assert "撤销这笔记录" not in own
    client = sign_in(staff)
    asked = {
        "level": "province", "kind": "build", "fund": line.fund, "year": "2024",
        "amount_yuan": "2500000", "reason": "多录",
    }  # fmt: skip

    client.post(url, asked | {"reason": ""})
    line.refresh_from_db()
    assert line.amount_yuan == Decimal(3_000_000)
    client.post(url, asked)

    line.refresh_from_db()
    assert line.amount_yuan == Decimal(2_500_000)
    client.post(f"{url}strike/", {"reason": "平台选错"})
    assert not FundingRecord.objects.exists()


def test_a_platform_asks_for_a_correction_with_one_click(sign_in, operator, platform):
    page = sign_in(operator).get(
        f"/support/new/?platform={platform.slug}&kind=funds&title=更正财政资金台账"
    )

    form = page.context["form"]
    assert [form[name].value() for name in ("platform", "kind", "title")] == [
        platform.slug, "funds", "更正财政资金台账",
    ]  # fmt: skip
