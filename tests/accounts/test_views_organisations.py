"""Pages of organisations: facts, review, joining, requests."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, User
from tests.accounts.conftest import said, signed_in
from tests.factories.accounts import (
    OrganisationFactory,
    RoleAssignmentFactory,
    UserFactory,
    make_uscc,
)
from tests.factories.taxonomy import IndustryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


def test_the_own_organisation_is_found(people, organisation):
    response = signed_in(people["owner"]).get(reverse("accounts:organisation"))

    assert response["Location"] == organisation.get_absolute_url()


def test_people_without_organisation_are_led_to_joining():
    response = signed_in(UserFactory()).get(reverse("accounts:organisation"))

    assert response["Location"] == reverse("accounts:join")


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("city", 200), ("broker", 200), ("stranger", 404), ("elsewhere", 404)],
)
def test_who_sees_an_organisation(who, status, people, organisation):
    assert signed_in(people[who]).get(organisation.get_absolute_url()).status_code == status


def test_an_organisation_counts_its_queries(people, organisation, django_assert_num_queries):
    client = signed_in(people["city"])
    client.get(organisation.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(organisation.get_absolute_url())

    for _ in range(2):
        RoleAssignmentFactory(organisation=organisation)
        RoleAssignmentFactory(organisation=organisation, granted_at=None)

    with django_assert_num_queries(10):
        client.get(organisation.get_absolute_url())


def test_staff_approve_by_a_button(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")
    client = signed_in(people["city"])
    assert "审核通过" in client.get(organisation.get_absolute_url()).content.decode()

    response = client.post(f"{organisation.get_absolute_url()}approve/")

    assert (response["Location"], said(response)) == (
        organisation.get_absolute_url(),
        ["已审核通过。"],
    )
    organisation.refresh_from_db()
    assert organisation.is_approved


def test_returning_without_reason_says_so(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    response = signed_in(people["city"]).post(f"{organisation.get_absolute_url()}return/")

    assert said(response) == ["请写明原因。"]


def test_owners_do_not_approve_themselves(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    response = signed_in(people["owner"]).post(f"{organisation.get_absolute_url()}approve/")

    assert response.status_code == 403
    assert "只有管辖部门可以这样做" in response.content.decode()


@pytest.mark.parametrize("name", ["fly", "edit_identity"])
def test_unknown_steps_are_refused(name, people, organisation):
    response = signed_in(people["city"]).post(f"{organisation.get_absolute_url()}{name}/")

    assert response.status_code == 403


def edit_form(client: Client, organisation: Organisation, **changes: Any) -> Any:
    url = reverse("accounts:edit_organisation", args=[organisation.pk])
    version = client.get(url).context["form"].initial["version"]
    form = {
        "name": organisation.name,
        "uscc": organisation.uscc,
        "region": "中山市",
        "version": version,
    }
    return client.post(url, {**form, **changes})


def test_owners_edit_the_facts_but_not_the_name(people, organisation):
    response = edit_form(
        signed_in(people["owner"]), organisation, name="改名", website="example.com"
    )

    assert response["Location"] == organisation.get_absolute_url()
    fresh = Organisation.objects.get(pk=organisation.pk)
    assert (fresh.name, fresh.website) == (organisation.name, "https://example.com")


def test_staff_edit_the_name(people, organisation):
    edit_form(signed_in(people["city"]), organisation, name="改名有限公司")

    assert Organisation.objects.get(pk=organisation.pk).name == "改名有限公司"


def test_editing_what_changed_meanwhile_keeps_what_was_typed(people, organisation):
    client = signed_in(people["owner"])
    old = "2026-01-01T00:00:00+00:00"

    response = edit_form(client, organisation, address="火炬开发区", version=old)

    assert response.context["form"].non_field_errors() == [
        "内容已被他人修改，请核对最新内容后再提交。"
    ]
    assert response.context["form"]["address"].value() == "火炬开发区"


def test_editing_with_a_broken_version_asks_to_reload(people, organisation):
    IndustryFactory(parent=IndustryFactory(code="C", name="制造业", level=1))

    response = edit_form(signed_in(people["owner"]), organisation, version="昨天")

    assert response.context["form"].errors["version"] == ["页面已过期，请刷新后再改。"]
    assert ("26", "26 化学原料和化学制品制造业") in response.context["form"].fields[
        "industry"
    ].choices[1][1]


def test_editing_to_anothers_code_says_so(people, organisation):
    other = OrganisationFactory()

    response = edit_form(signed_in(people["city"]), organisation, uscc=other.uscc)

    assert response.context["form"].errors["uscc"] == [
        "该统一社会信用代码已登记，请联系本单位管理员加入。"
    ]


def test_joining_by_code(organisation):
    user = UserFactory()

    response = signed_in(user).post(
        reverse("accounts:join"), {"uscc": organisation.uscc, "role": "operator"}
    )

    assert response["Location"] == reverse("accounts:profile")
    assert organisation.role_assignments.waiting().get().user == user


@pytest.mark.parametrize("is_twice", [True, False])
def test_joining_in_vain_says_why(is_twice, organisation):
    user = UserFactory()
    if is_twice:
        RoleAssignmentFactory(user=user, organisation=organisation, granted_at=None)
    uscc = organisation.uscc if is_twice else make_uscc(7_000_002)

    response = signed_in(user).post(reverse("accounts:join"), {"uscc": uscc, "role": "enterprise"})

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(("answer", "is_member"), [("grant", True), ("decline", False)])
def test_requests_are_answered_on_the_page(answer, is_member, people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": answer, "reason": "因故"}
    )

    user = User.objects.get(pk=row.user_id)
    assert bool(user.roles) is is_member


def test_declining_without_reason_says_so(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    response = signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "decline"}
    )

    assert said(response) == ["请写明原因。"]


def test_answering_ones_own_request_is_a_403(people, organisation):
    row = RoleAssignmentFactory(
        user=people["owner"], role=Role.OPERATOR, organisation=organisation, granted_at=None
    )

    response = signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "grant"}
    )

    assert response.status_code == 403


def test_strangers_find_no_request(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    response = signed_in(people["stranger"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "grant"}
    )

    assert response.status_code == 404


def test_a_colleague_is_let_go(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation)

    response = signed_in(people["owner"]).post(reverse("accounts:end_role", args=[row.pk]))

    assert response["Location"] == organisation.get_absolute_url()
    row.refresh_from_db()
    assert row.ended_at


def test_the_review_queue_shows_the_region_with_waiting_first(people):
    waiting = OrganisationFactory(status="pending")
    client = signed_in(people["city"])

    response = client.get(reverse("accounts:organisations"))

    assert response.context["total"] == 3
    assert response.context["table"].page.object_list[0].record == waiting


def test_the_review_queue_is_filtered_and_exported(people):
    waiting = OrganisationFactory(status="pending", name="等待的公司")
    client = signed_in(people["city"])

    page = client.get(reverse("accounts:organisations"), {"status": "pending", "q": "等待"})
    export = client.get(reverse("accounts:organisations"), {"status": "pending", "export": "csv"})

    assert page.context["total"] == 1
    assert waiting.uscc in export.content.decode()
    assert len(export.content.decode().splitlines()) == 2
