"""What people are told about accounts: registrations, reviews, requests to join, roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.enums import REGION_ROLES
from accounts.models import Organisation, RoleAssignment
from accounts.selectors import people_of_organisation, security_admins, staff_for_region
from notifications.services.messages import notify


def tell_staff(*, event_id: str, now: datetime, organisation_id: int, reason: str = "") -> None:
    """A registration waits: tell the region's staff, else the security admins."""
    organisation = Organisation.objects.select_related("region").get(pk=organisation_id)
    staff = staff_for_region(organisation.region_id)
    notify(
        users=staff if staff.exists() else security_admins(),
        event_id=event_id,
        kind="organisation_waiting",
        title=f"单位待审核：{organisation.name}",
        body=f"{organisation.region}的{organisation.name}提交了登记，请审核。",
        url=organisation.get_absolute_url(),
        now=now,
    )


def _tell_people(outcome: str, text: str) -> Callable[..., None]:
    """A message to everybody of the organisation about its review."""

    def tell(*, event_id: str, now: datetime, organisation_id: int, reason: str = "") -> None:
        organisation = Organisation.objects.get(pk=organisation_id)
        notify(
            users=people_of_organisation(organisation.pk),
            event_id=event_id,
            kind=f"organisation_{outcome}",
            title=text.format(organisation.name),
            body=f"原因：{reason}" if reason else "",
            url=organisation.get_absolute_url(),
            now=now,
        )

    return tell


def tell_request(*, event_id: str, now: datetime, assignment_id: int) -> None:
    """Somebody asks to join: tell the organisation's people, or staff where it has none."""
    row = _assignment(assignment_id)
    if row.organisation is None:  # only roles of organisations are asked for
        return
    people = people_of_organisation(row.organisation.pk)
    notify(
        users=people if people.exists() else staff_for_region(row.organisation.region_id),
        event_id=event_id,
        kind="join_request",
        title=f"{row.user.name}申请加入{row.organisation}",
        body=f"申请的角色：{row.get_role_display()}。请核实身份后答复。",
        url=row.organisation.get_absolute_url(),
        now=now,
    )


def _tell_holder(outcome: str, text: str) -> Callable[..., None]:
    """A message to the person whose role it is."""

    def tell(*, event_id: str, now: datetime, assignment_id: int, reason: str = "") -> None:
        row = _assignment(assignment_id)
        where = row.region if row.role in REGION_ROLES else row.organisation
        what = f"{where or ''}{row.get_role_display()}"
        notify(
            users=[row.user],
            event_id=event_id,
            kind=f"role_{outcome}",
            title=text.format(what),
            body=f"原因：{reason}" if reason else "",
            url="/profile/",
            now=now,
        )

    return tell


def _assignment(pk: int) -> RoleAssignment:
    return RoleAssignment.objects.select_related("user", "organisation", "region").get(pk=pk)


EVENTS: dict[str, Callable[..., None]] = {
    "accounts.organisation.registered": tell_staff,
    "accounts.organisation.resubmitted": tell_staff,
    "accounts.organisation.approved": _tell_people("approved", "“{}”已通过审核，可以发布内容了"),
    "accounts.organisation.returned": _tell_people("returned", "“{}”的登记资料需要补正"),
    "accounts.organisation.suspended": _tell_people("suspended", "“{}”已停用"),
    "accounts.organisation.resumed": _tell_people("resumed", "“{}”已恢复使用"),
    "accounts.role.requested": tell_request,
    "accounts.role.granted": _tell_holder("granted", "您已获得角色：{}"),
    "accounts.role.declined": _tell_holder("declined", "您的角色申请未获同意：{}"),
    "accounts.role.ended": _tell_holder("ended", "您的角色已终止：{}"),
}
