"""What people are told of recognition, changes and money: one table of events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import (
    people_of_organisation,
    people_of_organisations,
    staff_for_region,
)
from core.events import Payload
from notifications.services import notify
from platforms.access.recognition import LEVELS, stage_level
from platforms.enums import ApplicationStatus as A
from platforms.models import (
    Appeal,
    Application,
    Assessment,
    ChallengeItem,
    ChangeReport,
    ExpertAssignment,
    FundingRecord,
    OpinionRequest,
    Platform,
    Programme,
    Recognition,
    ReviewOpinion,
    SubsidyPlan,
    SubsidyYear,
    SupportTicket,
    TaxEligibility,
    TicketReply,
)
from platforms.services.deadlines import operators, staff_at


@dataclass(frozen=True)
class Message:
    """To whom, what it says and where it leads."""

    users: Iterable[User]
    title: str
    body: str
    url: str


Messages = list[Message]


def _programme(pk: int, event: str) -> Messages:
    programme = Programme.objects.select_related("scheme__region").get(pk=pk)
    inside = Platform.objects.in_region(programme.scheme.region.prefix)
    users = people_of_organisations(inside.values("organisation"), [Role.OPERATOR])
    if event != "opened":
        return []
    dates = f"{programme.opens_date} 至 {programme.closes_date}"
    body = f"{programme.scheme}，受理期 {dates}。平台资料会自动带入。"
    return [Message(users, f"开始受理：{programme}", body, programme.get_absolute_url())]


def _application(pk: int, event: str) -> Messages:
    related = ("programme__scheme", "platform", "challenge_item")
    application = Application.objects.select_related(*related).get(pk=pk)
    if event == "moved" and application.challenge_item and application.status == A.RECOGNISED:
        return _challenge_result(application, application.challenge_item)
    url, status = application.get_absolute_url(), application.get_status_display()
    platform = application.platform
    staff = staff_at(stage_level(application), platform.region_id)
    if event == "objected":
        return [Message(staff, f"公示异议：{platform}", "公示期内收到一条实名异议，请核实。", url)]
    found = []
    if application.status not in {A.RETURNED, A.RECOGNISED, A.REJECTED, A.WITHDRAWN}:
        found.append(Message(staff, f"待办理（{status}）：{platform}", str(application), url))
    if event == "moved" and application.status != A.WITHDRAWN:
        last = application.opinions.order_by("-pk").first()
        shown = {A.RETURNED, A.REJECTED}
        body = last.body if last and application.status in shown else f"{application}：{status}。"
        found.append(Message(operators(platform), f"申报进展：{status}", body, url))
    return found


def _challenge_result(won: Application, item: ChallengeItem) -> Messages:
    """揭榜 is decided: the winner is told, and whoever else had bid for the item, each of their
    own bid; the page of the item shows the result (C05)."""
    url = item.get_absolute_url()
    body = f"{won.programme}，文号 {won.decision_number}。应于 {item.finish_by_date} 前建成。"
    found = [Message(operators(won.platform), f"揭榜成功：{item}", body, url)]
    no_bids = [A.DRAFT, A.WITHDRAWN]
    for bid in item.bids.exclude(pk=won.pk).exclude(status__in=no_bids).select_related("platform"):
        body = f"“{item}”由{won.platform}揭榜。{bid.platform}的申报 {bid.number} 没有中榜。"
        found.append(Message(operators(bid.platform), f"揭榜结果，未中榜：{item}", body, url))
    return found


def _assignment(pk: int, event: str) -> Messages:
    related = ("application__platform", "application__programme__scheme", "reviewer",
               "assessment__recognition__platform", "assessment__recognition__scheme")  # fmt: skip
    row = ExpertAssignment.objects.select_related(*related).get(pk=pk)
    subject = row.subject
    if event in {"created", "reopen"}:
        body = f"请在 {row.due_date} 前声明有无利益关系并评分。"
        return [Message([row.reviewer], f"评审邀请：{subject}", body, row.get_absolute_url())]
    if event == "release":
        url = reverse("platforms:assignments")
        return [Message([row.reviewer], f"评审邀请已取消：{subject}", "", url)]
    if event not in {"decline", "scored"}:
        return []
    word = "申请回避" if event == "decline" else "已提交评分"
    if row.application is not None:
        level, url = stage_level(row.application), row.application.get_absolute_url()
    else:
        level, url = (
            LEVELS[row.scheme.level],
            reverse("platforms:conclude", args=[row.assessment_id]),
        )
    staff = staff_at(level, row.platform.region_id)
    return [Message(staff, f"专家{word}：{row.platform}", row.conflict_note, url)]


def _opinion_request(pk: int, event: str) -> Messages:
    related = ("application__platform", "department", "asked_by", "merged_into")
    row = OpinionRequest.objects.select_related(*related).get(pk=pk)
    people = people_of_organisation(row.department_id, [Role.DEPARTMENT])
    url, platform = row.get_absolute_url(), row.application.platform
    if event == "answered":
        title = f"{row.department}{row.get_stance_display()}：{platform}"
        return [Message([row.asked_by], title, row.body, row.application.get_absolute_url())]
    due = timezone.localtime(row.due_at).date()
    titles = {
        "asked": f"征求意见，请于 {due} 前答复：{platform}",
        "withdrawn": f"征求意见已撤回，不必再答复：{platform}",
        "merged": f"贵部门的意见已汇总：{platform}",
    }
    body = row.merged_into.body if row.merged_into else row.question
    return [Message(people, titles[event], body, url)]


def _recognition(pk: int, event: str) -> Messages:
    row = Recognition.objects.select_related("platform", "scheme").get(pk=pk)
    title = f"{row.scheme}：{row.get_status_display()}"
    if event == "corrected":
        title = f"{row.scheme}：登记内容已更正"
    body = row.reason or f"证书编号 {row.certificate_number}。"
    return [Message(operators(row.platform), title, body, row.get_absolute_url())]


def _assessment(pk: int, event: str) -> Messages:
    related = ("recognition__platform", "recognition__scheme")
    row = Assessment.objects.select_related(*related).get(pk=pk)
    recognition, kind = row.recognition, row.get_kind_display()
    url = recognition.get_absolute_url()
    if event in {"extension_asked", "requested"}:
        level = LEVELS[recognition.scheme.level]
        staff = staff_at(level, recognition.platform.region_id)
        if event == "requested":
            body = "平台已完成任务书，请安排考核并填写结论。"
            return [Message(staff, f"申请考核：{row}", body, url)]
        return [Message(staff, f"申请延期：{row}", row.extension_reason, url)]
    words = {
        "planned": f"{kind}应于 {row.due_date} 前完成",
        "extended": f"{kind}已同意延期至 {row.due_date}",
        "extension_refused": f"{kind}不同意延期，仍应于 {row.due_date} 前完成",
        "concluded": f"{kind}结论：{row.get_result_display()}",
    }
    if event == "concluded" and row.rectify_by:
        words[event] += f"，请在 {row.rectify_by} 前整改"
    body = row.extension_answer if event == "extension_refused" else row.conclusion
    return [Message(operators(recognition.platform), words[event], body, url)]


def _objection(pk: int, event: str) -> Messages:
    row = ReviewOpinion.objects.select_related("application__platform", "author").get(pk=pk)
    title = f"您的公示异议已答复：{row.application.platform}"
    return [Message([row.author], title, row.answer, reverse("platforms:publicity"))]


def _appeal(pk: int, event: str) -> Messages:
    related = ("application__programme__scheme", "application__platform")
    also = ("recognition__scheme", "recognition__platform")
    row = Appeal.objects.select_related(*related, *also).get(pk=pk)
    target: Any = row.application or row.recognition
    scheme = row.application.programme.scheme if row.application else target.scheme
    url = target.get_absolute_url()
    if event == "created":
        staff = staff_at(LEVELS[scheme.level], target.platform.region_id)
        return [Message(staff, f"申诉：{row}", row.body, url)]
    title = f"申诉答复：{row.get_status_display()}"
    return [Message(operators(target.platform), title, row.answer, url)]


def _change(pk: int, event: str) -> Messages:
    row = ChangeReport.objects.select_related("platform").get(pk=pk)
    url = row.get_absolute_url()
    staff = staff_for_region(row.platform.region_id)
    if event == "submit":
        return [Message(staff, f"重要变动：{row}", row.note, url)]
    if event == "withdraw":
        return [Message(staff, f"变动报告已撤回：{row}", row.sentence, url)]
    if event == "disclaim":
        return [Message(staff, f"平台认为不属于重要变动：{row}", row.sentence, url)]
    words = {
        "asked": "资料有变动，是否需要补报", "ask": "请补报变动",
        "accept": "变动报告已核准", "return": "变动报告被退回", "dismiss": "变动无须报告",
    }  # fmt: skip
    return [Message(operators(row.platform), f"{words[event]}：{row}", row.sentence, url)]


def _ticket(pk: int, event: str) -> Messages:
    row = SupportTicket.objects.select_related("platform", "department").get(pk=pk)
    url, body = row.get_absolute_url(), str(row)
    staff = staff_for_region(row.platform.region_id)
    handlers = (
        people_of_organisation(row.department.pk, [Role.DEPARTMENT]) if row.department else staff
    )
    due = timezone.localtime(row.due_at).date() if row.due_at else ""
    own, who = operators(row.platform), row.department or "主管部门"
    words = {
        "raised": [Message(staff, f"待分办的诉求：{row.platform}", body, url)],
        "route": [
            Message(handlers, f"要素诉求，请于 {due} 前答复：{row.platform}", body, url),
            Message(own, f"诉求已由{who}承办，{due} 前答复", body, url),
        ],
        "answer": [Message(own, "诉求已答复，请评价", body, url)],
        "insist": [Message(handlers, f"平台认为没有解决，请于 {due} 前再答复", body, url)],
        "end": [Message(handlers, f"平台不满意并结束了诉求：{row.platform}", body, url)],
        "close": [Message(own, "诉求已办结归档", body, url)],
    }
    return words[event]


def _reply(pk: int, event: str) -> Messages:
    row = TicketReply.objects.select_related("ticket__platform", "author").get(pk=pk)
    ticket = row.ticket
    own = list(operators(ticket.platform))
    others: Iterable[User] = own
    if row.author in own and ticket.department_id:
        others = people_of_organisation(ticket.department_id, [Role.DEPARTMENT])
    elif row.author in own:
        others = staff_for_region(ticket.platform.region_id)
    return [Message(others, f"诉求有新留言：{ticket}", row.body, ticket.get_absolute_url())]


def _funding(pk: int, event: str) -> Messages:
    row = FundingRecord.objects.select_related("platform").get(pk=pk)
    body = f"{row.year} 年 {row.fund}，{row.amount_yuan} 元。有误可以申请更正。"
    word = {"recorded": "已登记", "corrected": "记录已更正"}[event]
    title = f"资金{word}：{row.platform}"
    return [Message(operators(row.platform), title, body, row.get_absolute_url())]


def _ledger(pk: int, event: str) -> Messages:
    platform = Platform.objects.get(pk=pk)
    title, url = f"一笔资金记录已撤销：{platform}", reverse("platforms:funding")
    body = "登记有误，主管部门已从台账撤销，原因见平台工作台的经过。"
    return [Message(operators(platform), title, body, url)]


def _subsidy(pk: int, event: str) -> Messages:
    plan = SubsidyPlan.objects.select_related("platform").get(pk=pk)
    words = {"planned": "已定退坡补贴计划", "stopped": "退坡补贴已停止"}
    own, url = operators(plan.platform), plan.get_absolute_url()
    return [Message(own, f"{words[event]}：{plan.platform}", plan.fund, url)]


def _subsidy_year(pk: int, event: str) -> Messages:
    row = SubsidyYear.objects.select_related("plan__platform").get(pk=pk)
    word = {"meet": "考核达标，可以拨付", "miss": "考核未达标，不予拨付"}[event]
    title = f"{row.year} 年{row.plan.fund}{word}"
    own = operators(row.plan.platform)
    return [Message(own, title, row.basis, row.get_absolute_url())]


def _eligibility(pk: int, event: str) -> Messages:
    row = TaxEligibility.objects.select_related("platform").get(pk=pk)
    words = {"recorded": "已列入进口税收政策名单", "ended": "进口税收资格已停止"}
    body = row.end_reason or f"依据 {row.document_number}，可下载证明。"
    title, url = f"{words[event]}：{row.platform}", row.get_absolute_url()
    return [Message(operators(row.platform), title, body, url)]


# noun of the event → key of its payload, and who makes the messages
TELLERS: dict[str, tuple[str, Callable[[int, str], Messages]]] = {
    "programme": ("programme_id", _programme),
    "application": ("application_id", _application),
    "assignment": ("assignment_id", _assignment),
    "opinionrequest": ("request_id", _opinion_request),
    "recognition": ("recognition_id", _recognition),
    "assessment": ("assessment_id", _assessment),
    "objection": ("opinion_id", _objection),
    "appeal": ("appeal_id", _appeal),
    "change": ("report_id", _change),
    "funding": ("record_id", _funding),
    "ledger": ("platform_id", _ledger),
    "taxeligibility": ("eligibility_id", _eligibility),
    "subsidyplan": ("plan_id", _subsidy),
    "subsidyyear": ("year_id", _subsidy_year),
    "ticket": ("ticket_id", _ticket),
    "ticketreply": ("reply_id", _reply),
}
VERBS = {
    "programme": ("opened",),
    "application": ("submitted", "moved", "objected"),
    "assignment": ("created", "decline", "scored", "reopen", "release"),
    "opinionrequest": ("asked", "answered", "withdrawn", "merged"),
    "recognition": ("created", "moved", "corrected"),
    "assessment": (
        "planned",
        "requested",
        "concluded",
        "extension_asked",
        "extended",
        "extension_refused",
    ),
    "objection": ("answered",),
    "appeal": ("created", "answered"),
    "change": ("submit", "accept", "return", "dismiss", "asked", "disclaim", "ask", "withdraw"),
    "funding": ("recorded", "corrected"),
    "ledger": ("struck",),
    "taxeligibility": ("recorded", "ended"),
    "subsidyplan": ("planned", "stopped"),
    "subsidyyear": ("meet", "miss"),
    "ticket": ("raised", "route", "answer", "insist", "end", "close"),
    "ticketreply": ("created",),
}
SENT_BACK = {"return", "returned"}  # mailed whatever the person chose
EVENTS = tuple(f"platforms.{noun}.{verb}" for noun, verbs in VERBS.items() for verb in verbs)


def tell_recognition(*, event_id: str, name: str, payload: Payload, now: datetime) -> None:
    """Tell the people whom the event `platforms.<noun>.<verb>` concerns; once per event."""
    _app, noun, verb = name.split(".")
    key, make = TELLERS[noun]
    kind = f"platforms.{noun}" + (".returned" if {verb, payload.get("to")} & SENT_BACK else "")
    for number, message in enumerate(make(payload[key], verb)):
        notify(
            users=message.users,
            event_id=event_id,
            kind=f"{kind}_{number}" if number else kind,
            title=message.title,
            body=message.body,
            url=message.url,
            now=now,
        )
