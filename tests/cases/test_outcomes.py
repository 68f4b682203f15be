"""Outcomes: claimed with evidence, answered in the portal or by the mailed link."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases import services
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome
from core.errors import DomainError, Refused
from core.files import files_of
from core.models import ActivityLog, Event, StoredFile
from notifications.models import NotificationPreference
from tests.factories.cases import OutcomeFactory, confirmed

CLAIM = {
    "kind": "verified",
    "description": " 三批合格 ",
    "achieved_date": date(2026, 11, 1),
    "evidence_grade": "C",
}


def report():
    return SimpleUploadedFile("验证报告.txt", "合格".encode())


@pytest.fixture
def delivered(reach):
    return reach(ProjectStatus.DELIVERED)


@pytest.fixture
def outcome(delivered):
    return OutcomeFactory(project=delivered)


def test_claim_keeps_the_facts_and_the_evidence(cast, delivered, now):
    outcome = services.claim_outcome(
        actor=cast.operator, project=delivered, now=now, uploads=[report()],
        **CLAIM | {"evidence_grade": "A", "trl_before": 4, "trl_after": 6},
    )  # fmt: skip

    outcome.refresh_from_db()
    assert (outcome.status, outcome.description) == (OutcomeStatus.CLAIMED, "三批合格")
    assert files_of(outcome).get().name == "验证报告.txt"
    assert ActivityLog.objects.get().action == "cases.outcome.claim"
    assert Event.objects.get().payload == {"outcome_id": outcome.pk}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"achieved_date": date(2999, 1, 1)}, "future_date", "achieved_date"),
        ({"trl_before": 6, "trl_after": 5}, "trl_order", "trl_after"),
        ({"kind": "launched", "product_name": " "}, "product_required", "product_name"),
        ({"kind": "handed"}, "party_required", "party_name"),
        ({"kind": "founded", "party_name": " "}, "party_required", "party_name"),
        ({"kind": "invested", "party_name": "产业基金"}, "amount_required", "amount_yuan"),
        ({"kind": "invested", "amount_yuan": Decimal(5)}, "party_required", "party_name"),
        ({"kind": "licensed", "amount_yuan": Decimal(5)}, "number_required", "document_number"),
        ({"kind": "sold", "amount_yuan": Decimal(-1)}, "amount_required", "amount_yuan"),
        ({"evidence_grade": "A"}, "evidence_required", "files"),
        ({"evidence_grade": "B"}, "evidence_required", "files"),
    ],
)
def test_claim_refuses_what_cannot_be(cast, delivered, now, change, code, field):
    with pytest.raises(DomainError) as error:
        services.claim_outcome(actor=cast.operator, project=delivered, now=now, **CLAIM | change)

    assert (error.value.code, error.value.field) == (code, field)
    assert not Outcome.objects.exists()


def test_claim_keeps_what_its_kind_asks_for(cast, delivered, now):
    told = {
        "party_name": "产业基金", "amount_yuan": Decimal("3000000"), "document_number": "无关",
        "trl_before": 4, "trl_after": 6,
    }  # fmt: skip
    invested, verified = (
        services.claim_outcome(
            actor=cast.operator, project=delivered, now=now, **CLAIM | told | {"kind": kind}
        )
        for kind in ("invested", "verified")
    )

    assert (invested.party_name, invested.amount_yuan) == ("产业基金", Decimal("3000000"))
    assert (invested.document_number, invested.trl_before, invested.trl_after) == ("", None, None)
    assert (verified.party_name, verified.amount_yuan, verified.trl_after) == ("", None, 6)


def test_claim_with_a_bad_file_leaves_nothing(cast, delivered, now):
    bad = SimpleUploadedFile("报告.pdf", b"no pdf")

    with pytest.raises(DomainError):
        services.claim_outcome(
            actor=cast.operator, project=delivered, now=now, uploads=[bad], **CLAIM
        )

    assert not Outcome.objects.exists()
    assert not StoredFile.objects.exists()


def test_claim_is_the_platforms_and_waits_for_the_pilot(cast, reach, now):
    with pytest.raises(Refused):
        services.claim_outcome(
            actor=cast.enterprise, project=reach(ProjectStatus.DELIVERED), now=now, **CLAIM
        )
    with pytest.raises(DomainError) as error:
        services.claim_outcome(
            actor=cast.operator, project=reach(ProjectStatus.CONTRACTED), now=now, **CLAIM
        )
    assert error.value.code == "wrong_state"


def test_confirm_closes_a_delivered_project(cast, outcome, now):
    answered = services.answer_outcome(
        actor=cast.enterprise, outcome=outcome, name="confirm", satisfaction=5, now=now
    )

    assert (answered.status, answered.satisfaction) == (OutcomeStatus.CONFIRMED, 5)
    outcome.project.refresh_from_db()
    assert outcome.project.status == ProjectStatus.CLOSED
    names = set(Event.objects.values_list("name", flat=True))
    assert names == {"cases.outcome.confirmed", "cases.project.closed"}


def test_a_project_waits_for_the_answer_to_every_claim(cast, outcome, now):
    other = OutcomeFactory(project=outcome.project)

    services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="confirm", now=now)
    outcome.project.refresh_from_db()
    assert outcome.project.status == ProjectStatus.DELIVERED

    services.answer_outcome(
        actor=cast.enterprise, outcome=other, name="reject", reason="重复", now=now
    )
    outcome.project.refresh_from_db()
    assert outcome.project.status == ProjectStatus.CLOSED


def test_confirm_during_the_pilot_does_not_close(cast, reach, now):
    outcome = OutcomeFactory(project=reach(ProjectStatus.PILOTING))

    services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="confirm", now=now)

    outcome.project.refresh_from_db()
    assert outcome.project.status == ProjectStatus.PILOTING


def test_reject_wants_a_reason_and_keeps_no_rating(cast, outcome, now):
    with pytest.raises(DomainError) as error:
        services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="reject", now=now)
    assert error.value.code == "reason_required"

    answered = services.answer_outcome(
        actor=cast.enterprise, outcome=outcome, name="reject", reason="只有一批", satisfaction=1,
        now=now,
    )  # fmt: skip

    assert (answered.status, answered.satisfaction) == (OutcomeStatus.REJECTED, None)
    outcome.project.refresh_from_db()
    assert outcome.project.status == ProjectStatus.DELIVERED


@pytest.mark.parametrize("who", ["operator", "other_enterprise", "staff", "broker", "visitor"])
def test_only_the_enterprise_answers(cast, outcome, now, who):
    with pytest.raises(Refused):
        services.answer_outcome(actor=getattr(cast, who), outcome=outcome, name="confirm", now=now)

    outcome.refresh_from_db()
    assert outcome.status == OutcomeStatus.CLAIMED


def test_an_answer_counts_once(cast, outcome, now):
    services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="confirm", now=now)

    with pytest.raises(DomainError) as error:
        services.answer_outcome(
            actor=cast.enterprise, outcome=outcome, name="reject", reason="反悔", now=now
        )
    assert error.value.code == "wrong_state"


@pytest.mark.parametrize("rating", [0, 6])
def test_ratings_go_from_one_to_five(cast, outcome, now, rating):
    with pytest.raises(DomainError) as error:
        services.answer_outcome(
            actor=cast.enterprise, outcome=outcome, name="confirm", satisfaction=rating, now=now
        )
    assert error.value.field == "satisfaction"


def test_a_link_opens_its_outcome_until_it_is_used_renewed_or_old(cast, outcome, now):
    secret = services.make_outcome_link(outcome=outcome, now=now)
    outcome.refresh_from_db()
    assert secret not in outcome.link_digest

    def found(key=secret, *, pk=outcome.pk, when=now):
        return services.outcome_by_link(outcome_id=pk, secret=key, now=when)

    assert found() == outcome
    assert found("wrong") is None
    assert found(pk=OutcomeFactory(project=outcome.project).pk) is None
    assert found(when=now + timedelta(days=31)) is None

    newer = services.make_outcome_link(outcome=outcome, now=now)
    assert found() is None
    assert found(newer) == outcome

    services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="confirm", now=now)
    assert found(newer) is None


def test_the_link_is_mailed_to_who_started(cast, outcome, now, mailoutbox):
    NotificationPreference.objects.create(user=cast.enterprise, quiet_from=0, quiet_until=0)

    assert services.mail_outcome_link(outcome=outcome, now=now) is True

    (mail,) = mailoutbox
    assert mail.to == [cast.enterprise.email]
    assert f"/outcomes/{outcome.pk}/answer/" in mail.body
    secret = mail.body.split(f"/outcomes/{outcome.pk}/answer/")[1].split("/")[0]
    assert services.outcome_by_link(outcome_id=outcome.pk, secret=secret, now=now) == outcome


@pytest.mark.parametrize("case", ["answered", "no_mail", "night", "demo", "left", "gone"])
def test_no_link_is_mailed_where_it_would_be_no_use(cast, outcome, now, mailoutbox, case):
    if case == "answered":
        outcome = confirmed(outcome.project)
    elif case == "no_mail":
        NotificationPreference.objects.create(user=cast.enterprise, choices={"projects": "never"})
    elif case == "night":  # the message waits for the morning, and leads to the page
        hour = timezone.localtime(now).hour
        NotificationPreference.objects.create(
            user=cast.enterprise, quiet_from=hour, quiet_until=(hour + 1) % 24
        )
    elif case == "demo":
        outcome.project.started_by.is_demo = True
    elif case == "left":
        outcome.project.started_by = cast.other_enterprise
    else:
        outcome.project.started_by.is_active = False

    assert services.mail_outcome_link(outcome=outcome, now=now) is False
    assert mailoutbox == []


def test_an_answer_by_the_link_is_noted(cast, outcome, now):
    services.answer_outcome(
        actor=cast.enterprise, outcome=outcome, name="confirm", is_by_link=True, now=now
    )

    assert ActivityLog.objects.filter(action="cases.outcome.answer_by_link").count() == 1
