"""Pages of people: lists, roles, invitations, shutting out."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from core.services import log_activity
from tests.accounts.conftest import signed_in
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    make_uscc,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


@pytest.mark.parametrize("name", ["accounts:organisations", "accounts:people", "accounts:activity"])
def test_lists_count_their_queries(name, people, django_assert_num_queries):
    who = {"organisations": "city", "people": "security_admin", "activity": "auditor"}
    expected = {"organisations": 8, "people": 9, "activity": 9}
    short = name.split(":")[1]
    client = signed_in(people[who[short]])
    client.get(reverse(name))
    with django_assert_num_queries(expected[short]):
        client.get(reverse(name))

    for _ in range(2):
        OrganisationFactory()
        client_of = person(Role.ENTERPRISE)
        log_activity(actor=client_of, action="x", target=client_of, now=client_of.date_joined)

    with django_assert_num_queries(expected[short]):
        client.get(reverse(name))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"role": "government"}, 3),
        ({"role": "auditor"}, 1),
        ({"q": "不存在的人"}, 0),
        ({"is_active": "False"}, 0),
        ({"role": "nonsense"}, 11),
    ],
)
def test_people_are_filtered(query, total, people, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), query)

    assert response.context["total"] == total


def test_people_are_found_by_their_organisation(people, organisation, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), {"q": organisation.name})

    assert [row.record for row in response.context["table"].rows] == [people["owner"]]


def test_people_are_exported(people, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), {"export": "csv"})

    assert "政府工作人员（中山市）" in response.content.decode()


def test_a_role_is_granted_on_the_page(security_admin):
    user = UserFactory()

    response = signed_in(security_admin).post(
        reverse("accounts:person", args=[user.pk]), {"role": "government", "region": "中山市"}
    )

    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    assert User.objects.get(pk=user.pk).covers_region(Role.GOVERNMENT, "442000")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "government"}, "region"),
        ({"role": "operator"}, "organisation"),
        ({"role": "operator", "organisation": make_uscc(7_000_002)}, "organisation"),
        ({"role": ""}, "role"),
    ],
)
def test_granting_without_scope_says_so_at_the_field(form, field, security_admin):
    user = UserFactory()

    response = signed_in(security_admin).post(reverse("accounts:person", args=[user.pk]), form)

    assert list(response.context["form"].errors) == [field]


def test_granting_to_oneself_is_a_403(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:person", args=[security_admin.pk]), {"role": "reviewer"}
    )

    assert response.status_code == 403


def test_a_role_is_ended_on_the_page_of_the_person(security_admin):
    user = person(Role.REVIEWER)

    response = signed_in(security_admin).post(
        reverse("accounts:end_role", args=[user.assignments[0].pk]), {"next": "person"}
    )

    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    assert User.objects.get(pk=user.pk).roles == frozenset()


def test_an_invited_person_gets_a_link_to_set_a_password(security_admin, client):
    response = signed_in(security_admin).post(
        reverse("accounts:invite"), {"name": "王某", "email": "wang@gd.gov.cn"}
    )

    user = User.objects.get(email="wang@gd.gov.cn")
    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    link = next(w for w in mail.outbox[0].body.split() if "/password/reset/key/" in w)
    page = client.get(link, follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "xin-mi-ma-2026-a", "password2": "xin-mi-ma-2026-a"},
    )
    assert User.objects.get(pk=user.pk).check_password("xin-mi-ma-2026-a")


def test_inviting_a_known_address_says_so(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:invite"), {"name": "王某", "email": security_admin.email}
    )

    assert list(response.context["form"].errors) == ["email"]


@pytest.mark.parametrize(("value", "reason", "expected"), [("0", "离职", False), ("0", "", True)])
def test_shutting_out_on_the_page(value, reason, expected, security_admin):
    user = UserFactory()

    signed_in(security_admin).post(
        reverse("accounts:set_active", args=[user.pk]), {"active": value, "reason": reason}
    )

    user.refresh_from_db()
    assert user.is_active is expected


def test_shutting_oneself_out_is_a_403(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:set_active", args=[security_admin.pk]), {"active": "0", "reason": "x"}
    )

    assert response.status_code == 403
