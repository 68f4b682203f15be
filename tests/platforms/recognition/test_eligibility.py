"""The vetted list of the import-tax policy: entered, ended, proven, published (G47)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import DomainError, Refused
from notifications.models import Notification
from platforms import services
from platforms.models import TaxEligibility
from platforms.selectors.eligibility import valid_on
from reporting.lists import LIST_TYPES
from tests.factories.recognition import TaxFactory

NOW = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
VALUES = {"document_number": "〔2025〕3号", "started_date": date(2025, 1, 1), "valid_until": None}


def record(actor, platform, **values):
    return services.record_eligibility(
        actor=actor, platform=platform, values=VALUES | values, now=NOW
    )


def end(actor, row, day=date(2026, 6, 1), reason="不再符合条件"):
    return services.end_eligibility(
        actor=actor, eligibility=row, ended_date=day, reason=reason, now=NOW
    )


def test_staff_enter_a_platform_once(staff, operator, other_staff, platform):
    for user in (operator, other_staff):
        with pytest.raises(Refused):
            record(user, platform)
    with pytest.raises(DomainError):
        record(staff, platform, valid_until=date(2024, 12, 31))
    row = record(staff, platform)
    with pytest.raises(DomainError, match="已在名单中"):
        record(staff, platform)

    assert TaxEligibility.objects.get() == row
    assert len(row.verification_code) == 12


def test_ending_says_why_and_happens_once(staff, operator, platform):
    row = TaxFactory(platform=platform)
    for code, values in {
        "reason_required": {"reason": " "},
        "out_of_range": {"day": date(2026, 11, 17)},
    }.items():
        with pytest.raises(DomainError) as error:
            end(staff, row, **values)
        assert error.value.code == code
    with pytest.raises(Refused):
        end(operator, row)
    end(staff, row)
    with pytest.raises(DomainError) as error:
        end(staff, row)

    assert error.value.code == "twice"
    row.refresh_from_db()
    assert (row.ended_date, row.end_reason) == (date(2026, 6, 1), "不再符合条件")
    record(staff, platform)  # vetted anew


@pytest.mark.parametrize(
    ("values", "day", "expected"),
    [
        ({}, date(2024, 12, 31), False),
        ({}, date(2025, 1, 1), True),
        ({"valid_until": date(2025, 12, 31)}, date(2025, 12, 31), True),
        ({"valid_until": date(2025, 12, 31)}, date(2026, 1, 1), False),
        ({"ended_date": date(2026, 6, 1), "end_reason": "x"}, date(2026, 5, 31), True),
        ({"ended_date": date(2026, 6, 1), "end_reason": "x"}, date(2026, 6, 1), False),
    ],
)
def test_rows_and_queries_agree_on_a_day(values, day, expected, platform):
    row = TaxFactory(platform=platform, **values)

    assert row.is_valid_on(day) is expected
    assert valid_on(TaxEligibility.objects.all(), day).exists() is expected


def test_the_numbered_list_holds_who_is_valid(platform):
    TaxFactory(platform=platform)
    TaxFactory(ended_date=date(2025, 6, 1), end_reason="x")
    TaxFactory(valid_until=date(2025, 6, 1))

    entries = list(LIST_TYPES["tax"].entries({}, timezone.now()))

    assert [one.cells["name"] for one in entries] == [platform.name]
    assert entries[0].cells["until"] == "文件未规定"


def test_the_platform_is_told(staff, operator, platform, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        end(staff, record(staff, platform))

    rows = Notification.objects.filter(user=operator).order_by("pk")
    assert [row.title for row in rows] == [
        f"已列入进口税收政策名单：{platform}", f"进口税收资格已停止：{platform}",
    ]  # fmt: skip


def test_the_whole_road_in_pages(sign_in, staff, operator, stranger, client, platform):
    signed = sign_in(staff)
    signed.post(
        "/import-tax/new/",
        {"platform": platform.slug, "document_number": "〔2025〕3号", "started_date": "2025-01-01"},
    )
    row = TaxEligibility.objects.get()
    assert platform.name in sign_in(operator).get("/import-tax/").content.decode()
    assert platform.name not in sign_in(stranger).get("/import-tax/").content.decode()
    client.logout()
    assert "证明有效" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(f"/verify/?code={row.verification_code}").url == row.get_absolute_url()
    file = client.get(f"{row.get_absolute_url()}pdf/")
    assert file.content.startswith(b"%PDF")
    yesterday = timezone.localdate() - timedelta(days=1)
    sign_in(staff).post(
        f"{row.get_absolute_url()}end/", {"ended_date": str(yesterday), "reason": "迁出"}
    )

    page = client.get(row.get_absolute_url()).content.decode()
    assert "已停止" in page
    assert sign_in(staff).get("/import-tax/?export=csv").status_code == 200
    assert sign_in(staff).get("/import-tax/?timing=over").context["total"] == 1
    assert sign_in(staff).get("/import-tax/?timing=valid").context["total"] == 0


def test_the_list_costs_the_same_for_one_and_three(sign_in, staff, django_assert_num_queries):
    client = sign_in(staff)
    TaxFactory()
    client.get("/import-tax/")
    with django_assert_num_queries(6):
        client.get("/import-tax/")
    TaxFactory.create_batch(2)
    with django_assert_num_queries(6):
        client.get("/import-tax/")


def test_a_day_that_is_none_ends_it_today(sign_in, staff, platform):
    row = TaxFactory(platform=platform)

    sign_in(staff).post(
        f"{row.get_absolute_url()}end/", {"ended_date": "2026-13-40", "reason": "迁出"}
    )

    row.refresh_from_db()
    assert row.ended_date == timezone.localdate()


def test_rest_lists_for_the_parties_and_verifies_for_all(api, staff, operator, platform):
    row = TaxFactory(platform=platform)
    TaxFactory(ended_date=date(2025, 6, 1), end_reason="迁出")
    url = f"/api/v1/import-tax/{row.verification_code}/"

    found = api.get(url).json()
    assert (found["platform"], found["is_valid"]) == (platform.slug, True)
    assert (found["document_number"], found["url"]) == (row.document_number, row.get_absolute_url())
    assert api.get("/api/v1/import-tax/NOSUCHCODE/").status_code == 404
    assert api.get("/api/v1/import-tax/").status_code in {401, 403}

    def listed(user, query=""):
        api.force_authenticate(user)
        page = api.get(f"/api/v1/import-tax/{query}").json()
        return {one["verification_code"] for one in page["results"]}

    assert listed(operator) == {row.verification_code}
    assert row.verification_code in listed(staff, "?timing=valid")
    assert row.verification_code not in listed(staff, "?timing=over")


@pytest.mark.parametrize("count", [1, 3])
def test_the_endpoint_costs_the_same(api, staff, platform, count, django_assert_num_queries):
    TaxFactory.create_batch(count)
    api.force_authenticate(staff)
    api.get("/api/v1/import-tax/")

    with django_assert_num_queries(2):
        api.get("/api/v1/import-tax/")
