"""What people are told about projects, outcomes and cases; every message leads to its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import (
    brokers_for_region,
    last_reason,
    people_of_organisation,
    staff_for_region,
)
from cases.access import ENTERPRISE_ROLES
from cases.enums import OutcomeStatus
from cases.models import Case, Message, Outcome, Project, Quote, Receipt
from cases.services.outcomes import mail_outcome_link
from core.templatetags.portal_format import moment, yuan
from notifications.services import notify

Send = Callable[..., None]


def enterprise_people(project: Project) -> list[User]:
    """Who speaks for the enterprise."""
    return list(people_of_organisation(project.enterprise_id, ENTERPRISE_ROLES))


def platform_people(project: Project) -> list[User]:
    """Who runs the platform; for a platform nobody runs here, who can reach it."""
    organisation_id = project.platform.organisation_id
    if organisation_id is None:
        return helpers(project)
    return list(people_of_organisation(organisation_id, [Role.OPERATOR]))


def helpers(project: Project) -> list[User]:
    """Brokers and staff nearest to the platform."""
    return [*brokers_for_region(project.platform.region_id), *staff(project)]


def staff(project: Project) -> list[User]:
    """Government staff nearest to the platform."""
    return list(staff_for_region(project.platform.region_id))


def _started(send: Send, project: Project) -> None:
    due = moment(project.reply_due_at)
    if project.platform.organisation_id is None:
        send(
            helpers(project),
            f"请协助联系：{project.platform}",
            f"{project.enterprise}向{project.platform}咨询“{project}”。该平台尚未由运营单位认领，"
            f"请在 {due} 前帮助联系。",
        )
        return
    send(
        platform_people(project),
        f"新咨询：{project}",
        f"{project.enterprise}向{project.platform}咨询“{project}”，请在 {due} 前回复。",
    )


def _message(send: Send, project: Project, message_id: int, **_ids: Any) -> None:
    """To the other side, and to whoever else has spoken in the thread."""
    message = Message.objects.select_related("author", "organisation").get(pk=message_id)
    sides = {
        project.enterprise_id: enterprise_people(project),
        project.platform.organisation_id: platform_people(project),
    }
    sides.pop(message.organisation_id, None)
    people = [user for side in sides.values() for user in side]
    spoke = User.objects.filter(pk__in=project.messages.values("author"))
    people += spoke.exclude(role_assignments__organisation=message.organisation_id)
    send(
        [user for user in people if user.pk != message.author_id],
        f"新消息：{project}",
        f"{message.organisation or message.author}在“{project}”中发来消息，请查看。",
    )


def _quoted(send: Send, project: Project, quote_id: int, **_ids: Any) -> None:
    quote = Quote.objects.get(pk=quote_id)
    send(
        enterprise_people(project),
        f"收到报价：{project}",
        f"{project.platform}报价 {yuan(quote.amount_yuan)}，周期 {quote.lead_days} 天，"
        f"有效期至 {quote.valid_until_date}。",
    )


def _overdue(send: Send, project: Project, *, is_first: bool, **_ids: Any) -> None:
    people = platform_people(project)
    if not is_first:
        people += helpers(project)
    send(
        people,
        f"超时未回复：{project}",
        f"{project.enterprise}的咨询应在 {moment(project.reply_due_at)} 前得到回复，"
        f"{project.platform}还没有回复。",
    )


def _simple(to: Callable[[Project], list[User]], title: str, body: str, reason: str = "") -> Send:
    """A message in fixed words; `reason` names the transition whose reason is added."""

    def tell(send: Send, project: Project, **_ids: Any) -> None:
        words = {"project": project, "platform": project.platform, "firm": project.enterprise}
        why = f"原因：{last_reason(project, reason)}" if reason else ""
        send(to(project), title.format(**words), body.format(**words) + why)

    return tell


def both_sides(project: Project) -> list[User]:
    """Everybody who takes part."""
    return [*platform_people(project), *enterprise_people(project)]


PROJECT_NOTICES: dict[str, Send] = {
    "cases.project.started": _started,
    "cases.message.sent": _message,
    "cases.project.quoted": _quoted,
    "cases.project.overdue": _overdue,
    "cases.project.declined": _simple(
        enterprise_people, "平台婉拒：{project}", "{platform}婉拒了“{project}”。", "decline"
    ),
    "cases.project.contracted": _simple(
        platform_people, "已签约：{project}", "{firm}已确认“{project}”签约，开始中试时请标记。"
    ),
    "cases.project.begun": _simple(
        enterprise_people, "中试开始：{project}", "{platform}已开始“{project}”的中试。"
    ),
    "cases.project.delivered": _simple(
        enterprise_people,
        "已交付：{project}",
        "{platform}已交付“{project}”。平台提出成果后，请您确认是否属实。",
    ),
    "cases.project.closed": _simple(both_sides, "已办结：{project}", "“{project}”已办结。"),
    "cases.project.cancelled": _simple(
        platform_people, "企业取消：{project}", "{firm}取消了“{project}”。", "cancel"
    ),
}
CASE_NOTICES = {
    "cases.case.consent_asked": ("请确认是否同意公开案例：{}", "enterprise", ""),
    "cases.case.consented": ("案例待审核：{}", "staff", ""),
    "cases.case.refused": ("企业不同意公开案例：{}", "platform", "refuse"),
    "cases.case.published": ("案例已发布：{}", "both", ""),
    "cases.case.returned": ("案例被退回修改：{}", "platform", "return"),
    "cases.case.withdrawn": ("案例已撤下：{}", "both", "withdraw"),
}


def tell(*, event_id: str, name: str, payload: dict[str, Any], now: datetime) -> None:
    """Write the messages of one event. Safe to run twice: `notify` writes each once."""
    if name in PROJECT_NOTICES:
        ids = dict(payload)
        rows = Project.objects.select_related("platform__organisation", "enterprise")
        project = rows.get(pk=ids.pop("project_id"))
        PROJECT_NOTICES[name](_sender(event_id, name, project, now), project, **ids)
    else:
        _tell_case(event_id=event_id, name=name, case_id=payload["case_id"], now=now)


def tell_outcome(*, event_id: str, name: str, outcome_id: int, now: datetime) -> None:
    """A claim goes to the enterprise, by mail with a link that needs no sign-in to whoever
    started the project; the answer goes to the platform."""
    rows = Outcome.objects.select_related("project__platform", "project__enterprise")
    outcome = rows.get(pk=outcome_id)
    project = outcome.project
    send = _sender(event_id, name, outcome, now)
    if name == "cases.outcome.claimed":
        body = f"{project.platform}提出“{project}”取得成果：{outcome}。请确认是否属实。"
        is_mailed = mail_outcome_link(outcome=outcome, now=now)
        starter = {project.started_by_id} if is_mailed else set()
        people = enterprise_people(project)
        send([user for user in people if user.pk not in starter], f"请确认成果：{project}", body)
        send(
            [user for user in people if user.pk in starter],
            f"请确认成果：{project}",
            body,
            by_mail=False,
        )
        return
    word = "确认了" if outcome.status == OutcomeStatus.CONFIRMED else "不认可"
    why = last_reason(outcome, "reject")
    send(
        platform_people(project),
        f"企业{word}成果：{project}",
        f"{project.enterprise}{word}“{project}”的成果。{f'原因：{why}' if why else ''}",
    )


def tell_receipt(*, event_id: str, name: str, receipt_id: int, now: datetime) -> None:
    """What the platform registered goes to the enterprise, the answer to the platform."""
    rows = Receipt.objects.select_related("project__platform", "project__enterprise")
    receipt = rows.get(pk=receipt_id)
    project, amount = receipt.project, yuan(receipt.amount_yuan)
    if receipt.voucher_yuan:
        amount = f"{amount}（其中服务券抵用 {yuan(receipt.voucher_yuan)}）"
    send = _sender(event_id, name, receipt, now)
    if name == "cases.receipt.registered":
        send(
            enterprise_people(project),
            f"请确认到账：{project}",
            f"{project.platform}登记“{project}”于 {receipt.received_date} 到账 {amount}。"
            "请确认是否属实。",
        )
        return
    word = "确认了" if receipt.status == OutcomeStatus.CONFIRMED else "不认可"
    why = last_reason(receipt, "reject")
    send(
        platform_people(project),
        f"企业{word}到账：{project}",
        f"{project.enterprise}{word}到账 {amount}。{f'理由：{why}' if why else ''}",
    )


def _tell_case(*, event_id: str, name: str, case_id: int, now: datetime) -> None:
    case = Case.objects.select_related("project__platform", "project__enterprise").get(pk=case_id)
    title, audience, transition = CASE_NOTICES[name]
    project = case.project
    if project is None:  # told by a public source: nobody of the portal took part
        return
    people = {
        "enterprise": enterprise_people,
        "platform": platform_people,
        "both": both_sides,
        "staff": staff,
    }[audience](project)
    why = last_reason(case, transition) if transition else ""
    text = title.format(case)
    _sender(event_id, name, case, now)(people, text, f"{text}。{f'原因：{why}' if why else ''}")


def _sender(event_id: str, name: str, target: Model, now: datetime) -> Send:
    kind = "_".join(name.split(".")[1:])

    def send(users: Iterable[User], title: str, body: str, *, by_mail: bool = True) -> None:
        url = target.get_absolute_url()  # type: ignore[attr-defined]
        notify(
            users=users, event_id=event_id, kind=kind, title=title, body=body, url=url, now=now,
            by_mail=by_mail,
        )  # fmt: skip

    return send
