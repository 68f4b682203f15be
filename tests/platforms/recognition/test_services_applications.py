"""Schemes, batches, applications and their experts."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import Conflict, DomainError, Refused
from core.models import StoredFile
from platforms import services
from platforms.ladders import check_application, needs_building, path_of
from platforms.models import (
    Application,
    Recognition,
    Scheme,
)
from platforms.selectors.recognition import own_platforms
from tests.factories.accounts import person
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    AssignmentFactory,
    FundingFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
    dongguan,
)
from tests.factories.taxonomy import RegionFactory, guangdong, zhongshan

ZONE = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_sync_schemes_brings_the_province_and_its_cities_and_is_safe_twice(db):
    guangdong(), zhongshan(), dongguan()

    first = services.sync_schemes()
    again = services.sync_schemes()

    slugs = sorted(Scheme.objects.values_list("slug", flat=True))
    assert slugs == [
        "dongguan-city-platform", "guangdong-provincial-platform", "zhongshan-city-platform",
        "zhongshan-cultivation",
    ]  # fmt: skip
    assert first == {"created": 4, "updated": 0, "retired": 0}
    assert again == {"created": 0, "updated": 0, "retired": 0}


def test_sync_schemes_retires_what_left_the_files(db):
    guangdong(), zhongshan(), dongguan()
    old = SchemeFactory(slug="guangdong-former")

    assert services.sync_schemes()["retired"] == 1
    old.refresh_from_db()
    assert not old.is_active


def test_ladders_of_the_files_give_their_paths(db):
    guangdong(), zhongshan(), dongguan()
    services.sync_schemes()
    province = Scheme.objects.get(slug="guangdong-provincial-platform")
    pool = Scheme.objects.get(slug="zhongshan-cultivation")

    assert path_of(province, "new", 2) == [
        "city", "province", "experts", "site", "publicity", "decision",
    ]  # fmt: skip
    assert path_of(pool, "", 2) == ["city", "decision"]
    assert needs_building(province, "new")
    assert not needs_building(province, "direct")


def test_linyi_asks_for_its_numbers(db, settings):
    settings.JURISDICTION = "linyi"
    RegionFactory(code="371300", name="临沂市", level=2, pinyin_key="lin2yi2")

    services.sync_schemes()

    scheme = Scheme.objects.get()
    assert [(row["minimum"], row["unit"]) for row in scheme.criteria] == [
        (300, "万元"), (100, "平方米"), (200, "万元"),
    ]  # fmt: skip
    assert path_of(scheme, "", 3) == [
        "county", "city", "experts", "site", "publicity", "decision",
    ]  # fmt: skip
    assert scheme.word == "备案"
    assert scheme.basis == "临沂市中试基地意见 五（一）、六（一）"


def test_programme_is_changed_only_by_staff_of_its_region(province, staff, now):
    scheme = SchemeFactory()
    values = {
        "scheme": scheme, "title": "第一批", "year": 2026, "opens_date": date(2026, 1, 1),
        "closes_date": date(2026, 2, 1),
    }  # fmt: skip

    programme = services.save_programme(actor=province, values=values, now=now)
    with pytest.raises(Refused):
        services.save_programme(actor=staff, values=values, now=now)
    with pytest.raises(DomainError) as error:
        services.save_programme(
            actor=province, programme=programme, values={"closes_date": date(2025, 1, 1)}, now=now
        )
    assert error.value.message == "截止日不能早于开始受理日。"
    with pytest.raises(Conflict):
        services.save_programme(
            actor=province, programme=programme, values={"title": "改"}, now=now, version="2020"
        )


def test_programmes_close_after_their_last_day(db, now):
    over = ProgrammeFactory(closes_date=timezone.localdate() - timedelta(days=1))
    ProgrammeFactory(closes_date=timezone.localdate())

    assert services.close_programmes(actor=SYSTEM, now=now) == 1
    assert services.close_programmes(actor=SYSTEM, now=now) == 0
    over.refresh_from_db()
    assert over.status == "closed"


def test_application_needs_an_open_batch_and_the_region(operator, platform, now):
    closed = ProgrammeFactory(status="closed")
    elsewhere = ProgrammeFactory(scheme=SchemeFactory(region=dongguan()))

    for programme, code in ((closed, "programme_closed"), (elsewhere, "out_of_region")):
        with pytest.raises(DomainError) as error:
            services.start_application(
                actor=operator, programme=programme, platform=platform, now=now
            )
        assert error.value.code == code
    assert not Application.objects.exists()


def test_application_once_a_batch_and_numbered_in_turn(operator, stranger, platform, now):
    programme = ProgrammeFactory()
    first = services.start_application(
        actor=operator, programme=programme, platform=platform, now=now
    )
    with pytest.raises(DomainError) as error:
        services.start_application(actor=operator, programme=programme, platform=platform, now=now)
    with pytest.raises(Refused):
        services.start_application(actor=stranger, programme=programme, platform=platform, now=now)
    other = PlatformFactory(organisation=platform.organisation)
    second = services.start_application(
        actor=operator, programme=programme, platform=other, now=now
    )

    assert error.value.message == "该平台在本批次已有申报。"
    assert (first.number, second.number) == ("A2026-00001", "A2026-00002")


def test_self_check_tells_what_is_missing_and_why(operator, platform, now):
    scheme = SchemeFactory(
        criteria=[
            {"name": "设备原值", "minimum": 300, "unit": "万元", "measure": "equipment_value_wan"},
            {"name": "场地", "minimum": 100, "unit": "平方米", "measure": "floor_area_sqm"},
            {"name": "收入", "minimum": 200, "unit": "万元", "measure": ""},
        ],
        vetoes=["重大事故"],
    )
    platform.floor_area_sqm = 80
    platform.save()
    platform.equipment.create(slug="big", name="大设备", value_yuan=3_200_000, status="published")
    application = ApplicationFactory(
        programme=ProgrammeFactory(scheme=scheme), platform=platform, status="draft"
    )

    found = {check.label: (check.passed, check.advice) for check in check_application(application)}

    assert found["设备原值"] == (True, "")
    assert found["场地"] == (False, "还差 20 平方米。")
    assert found["收入"] == (None, "还没有数据，请在申报表中填写。")
    with pytest.raises(DomainError) as error:
        services.submit_application(actor=operator, application=application, now=now)
    assert error.value.code == "self_check"
    assert "场地：还差 20 平方米。" in error.value.message
    application.refresh_from_db()
    assert (application.status, application.self_check) == ("draft", [])


def test_second_support_of_the_same_level_needs_a_reason(platform):
    FundingFactory(platform=platform)
    application = ApplicationFactory(platform=platform, status="draft", wants_funding=True)

    def funding_check():
        return check_application(application)[-1]

    assert funding_check().passed is False
    application.funding_reason = "省政府批准"
    assert funding_check().passed is True
    application.funding_reason, application.wants_funding = "", False
    assert funding_check().passed is True


def test_returned_application_may_come_back_after_the_last_day(operator, platform, now):
    programme = ProgrammeFactory(status="closed")
    returned = ApplicationFactory(
        programme=programme, platform=platform, status="returned", returned_from="province"
    )

    services.submit_application(actor=operator, application=returned, now=now)

    returned.refresh_from_db()
    assert (returned.status, returned.returned_from) == ("province", "")


def test_evidence_is_kept_and_taken_back_while_editing(operator, stranger, platform, now):
    application = ApplicationFactory(platform=platform, status="draft")

    def upload():
        return SimpleUploadedFile("执照.pdf", PDF)

    (stored,) = services.attach_evidence(
        actor=operator, application=application, uploads={"": [upload()]}, now=now
    )
    with pytest.raises(Refused):
        services.attach_evidence(
            actor=stranger, application=application, uploads={"": [upload()]}, now=now
        )
    services.remove_evidence(actor=operator, application=application, file_id=stored.pk, now=now)
    with pytest.raises(DomainError):
        services.remove_evidence(
            actor=operator, application=application, file_id=stored.pk, now=now
        )
    Application.objects.update(status="city")
    with pytest.raises(Refused):
        services.attach_evidence(
            actor=operator, application=application, uploads={"": [upload()]}, now=now
        )
    assert not StoredFile.objects.exists()


def test_evidence_proves_only_what_the_ladder_asks_for(operator, platform, now):
    scheme = SchemeFactory(evidence=["营业执照", "场地证明"])
    application = ApplicationFactory(
        platform=platform, status="draft", programme=ProgrammeFactory(scheme=scheme)
    )

    def attach(item):
        uploads = {item: [SimpleUploadedFile("材料.pdf", PDF)]}
        services.attach_evidence(actor=operator, application=application, uploads=uploads, now=now)

    with pytest.raises(DomainError) as error:
        attach("业绩证明")
    assert error.value.code == "no_item"
    assert not StoredFile.objects.exists()
    attach("场地证明")
    attach("场地证明")
    check = next(c for c in check_application(application) if c.label == "证明材料")
    assert (check.passed, check.found, check.advice) == (None, "1/2 项", "还缺：营业执照。")
    attach("营业执照")
    check = next(c for c in check_application(application) if c.label == "证明材料")
    assert (check.passed, check.found) == (True, "2/2 项")


def test_objection_is_for_people_signed_in_during_publicity(stranger, platform, now):
    from django.contrib.auth.models import AnonymousUser

    ends = now + timedelta(days=3)
    application = ApplicationFactory(platform=platform, status="publicity", publicity_ends_at=ends)

    opinion = services.object_to(
        actor=stranger, application=application, body="数据不实", name="某公司", now=now
    )
    assert (opinion.kind, opinion.stage) == ("objection", "publicity")
    for actor, moment in ((AnonymousUser(), now), (stranger, ends + timedelta(seconds=1))):
        with pytest.raises(DomainError):
            services.object_to(actor=actor, application=application, body="x", name="y", now=moment)


def test_rejected_application_is_decided_anew_after_an_upheld_appeal(
    operator, province, staff, platform, now
):
    application = ApplicationFactory(platform=platform, status="decision")
    services.move_application(
        actor=province, application=application, name="reject", reason="不符合", now=now
    )
    appeal = services.make_appeal(actor=operator, application=application, body="请复议", now=now)
    with pytest.raises(DomainError):
        services.make_appeal(actor=operator, application=application, body="再提", now=now)
    with pytest.raises(Refused):
        services.answer_appeal(actor=staff, appeal=appeal, name="uphold", answer="可", now=now)
    services.answer_appeal(actor=province, appeal=appeal, name="uphold", answer="可", now=now)

    application.refresh_from_db()
    assert application.status == "decision"


def test_experts_of_the_applicant_are_refused(province, expert, platform, now):
    application = ApplicationFactory(platform=platform, status="experts")
    own = person(Role.OPERATOR, organisation=platform.organisation)
    own.role_assignments.create(role=Role.REVIEWER)
    due = timezone.localdate()

    def invite(user, day=due):
        return services.assign_expert(
            actor=province, application=application, reviewer=user, due_date=day, now=now
        )

    invite(expert)
    refusals = []
    for user, day in ((own, due), (province, due), (expert, due), (expert, date(2020, 1, 1))):
        with pytest.raises(DomainError) as error:
            invite(type(user).objects.get(pk=user.pk), day)
        refusals.append(error.value.code)

    assert refusals == ["own_organisation", "not_expert", "twice", "past"]


def test_score_sheet_wants_every_item_in_range(expert, platform, now):
    row = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="experts"),
        reviewer=expert, status="scoring",
    )  # fmt: skip
    good = {"设施": Decimal(60), "团队": Decimal("39.5")}

    def score(scores, comment="好", is_supportive=True):
        return services.hand_in_scores(
            actor=expert, assignment=row, scores=scores, comment=comment,
            is_supportive=is_supportive, now=now,
        )  # fmt: skip

    refusals = []
    for arguments in (
        [{"设施": Decimal(60)}], [{**good, "设施": Decimal(61)}], [good, " "], [good, "好", None],
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            score(*arguments)
        refusals.append(error.value.field)
    done = score(good)

    assert refusals == ["团队", "设施", "comment", "is_supportive"]
    assert (done.status, done.total) == ("scored", Decimal("99.5"))
    with pytest.raises(DomainError):
        score(good)


def test_who_holds_the_status_does_not_apply_for_it_again(operator, platform, programme, now):
    held = RecognitionFactory(platform=platform, scheme=programme.scheme)

    def start():
        return services.start_application(
            actor=operator, programme=programme, platform=platform, build_type="direct", now=now
        )

    with pytest.raises(DomainError) as error:
        start()
    assert (error.value.code, error.value.field) == ("held", "platform")
    assert own_platforms(operator, programme) == []
    Recognition.objects.filter(pk=held.pk).update(status="removed", ended_date=date(2026, 1, 2))
    assert own_platforms(operator, programme) == [platform]
    assert start().status == "draft"
