"""What people are told of requests to read a confidential demand; every message leads to the
page where they can act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.selectors import last_reason, people_of_organisation
from core.templatetags.portal_format import moment
from demands.access import POSTING_ROLES
from demands.models import Disclosure
from notifications.services import notify

OWNER, ASKER = "owner", "asker"
# event → to whom, title, body
WORDS = {
    "requested": (OWNER, "{firm}申请查看需求“{title}”的全文",
                  "{note}请在 {due} 前同意或不同意。对方接受保密承诺后才能看到全文。"),
    "overdue": (OWNER, "请答复：{firm}申请查看需求“{title}”的全文",
                "应在 {due} 前答复，至今没有答复。"),
    "promised": (OWNER, "{firm}已接受保密承诺：{title}",
                 "承诺书和查看记录都在需求页面，可随时撤回同意。"),
    "granted": (ASKER, "可以查看需求“{title}”的全文",
                "需求单位已同意。接受保密承诺后即可查看。"),
    "declined": (ASKER, "没有同意查看需求“{title}”的全文", "原因：{reason}"),
    "revoked": (ASKER, "需求“{title}”的全文不再开放",
                "需求单位撤回了同意。已作出的保密承诺仍然有效。"),
}  # fmt: skip
EVENTS = tuple(f"demands.disclosure.{name}" for name in WORDS)


def tell_disclosure(*, event_id: UUID | str, name: str, disclosure_id: int, now: datetime) -> int:
    """Write the messages of one event; return how many. Safe to run twice.

    Who was granted without having asked hears of it by the enquiry that it came with.
    """
    rows = Disclosure.objects.select_related("demand", "organisation")
    row = rows.get(pk=disclosure_id)
    verb = name.rpartition(".")[2]
    if verb == "granted" and row.requested_at is None:
        return 0
    to, title, body = WORDS[verb]
    told = {
        "firm": row.organisation, "title": row.demand, "due": moment(row.reply_due_at),
        "note": f"对方说明：{row.request_note}。" if row.request_note else "",
        "reason": last_reason(row, "decline"),
    }  # fmt: skip
    home = row.demand.organisation_id if to == OWNER else row.organisation_id
    return notify(
        users=people_of_organisation(home, POSTING_ROLES),
        event_id=event_id,
        kind=f"disclosure_{verb}",
        title=title.format(**told),
        body=body.format(**told),
        url=f"{row.demand.get_absolute_url()}#circle" if to == OWNER else _way_of(row, verb),
        now=now,
    )


def _way_of(row: Disclosure, verb: str) -> str:
    return row.get_absolute_url() if verb == "granted" else row.demand.get_absolute_url()
