"""What each kind of register entry needs: one table that forms, services and pages read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platforms.enums import RegisterKind

DAYS = ("started_date", "ended_date")
LABELS = {
    "title": "名称", "level": "级别", "patent": "专利", "number": "编号", "started_date": "日期",
    "ended_date": "截止日期", "link": "网址", "note": "说明",
}  # fmt: skip


@dataclass(frozen=True)
class EntryKind:
    """`fields` in the order of the form; `required` of them; their words where they differ.

    `is_public`: everybody may see it. `is_event`: it happens on a day, which may lie ahead; the
    others hold from their day on, until they end. `states`: words for coming, in force and over.
    """

    kind: RegisterKind
    fields: tuple[str, ...]
    required: tuple[str, ...]
    counted: str  # what of the annual report it counts for
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    is_public: bool = True
    is_event: bool = False
    ends: bool = True  # it may be ended before its time
    states: tuple[str, str, str] = ("", "开放中", "已停止")

    @property
    def name(self) -> str:
        return str(self.kind.label)

    def label(self, name: str) -> str:
        return self.labels.get(name, LABELS[name])


KINDS = {
    row.kind: row
    for row in (
        EntryKind(
            RegisterKind.MANAGER,
            ("title", "level", "number", *DAYS, "note"),
            ("title", "level", "number", "started_date"),
            "年末有效的计入技术经理（经纪）人数（TAL-06）。姓名不公开。",
            {"title": "姓名", "number": "证书编号", "started_date": "发证日期",
             "ended_date": "有效期至"},
            {"ended_date": "证书没有写明的不填。"},
            is_public=False, states=("", "有效", "已失效"),
        ),
        EntryKind(
            RegisterKind.DATASET,
            ("title", "started_date", "ended_date", "link", "note"),
            ("title", "started_date", "note"),
            "年末开放的计入开放中试数据集数（SHR-09）。",
            {"title": "数据集名称", "started_date": "开放日期", "ended_date": "开放至",
             "link": "获取网址"},
            {"note": "有哪些数据、格式、更新频率和使用许可。",
             "link": "没有的不填，由平台联系人提供。"},
        ),
        EntryKind(
            RegisterKind.PATENT,
            ("title", "number", "started_date", "ended_date", "link", "note"),
            ("title", "number", "started_date"),
            "当年声明的计入专利开放许可发布数（TRF-10）。",
            {"title": "专利名称", "number": "专利号", "started_date": "开放许可声明日期",
             "ended_date": "许可期限至", "link": "公告网址"},
            {"note": "许可使用费及支付方式、许可期限等条件。"},
        ),
        EntryKind(
            RegisterKind.LICENCE,
            ("patent", "title", "number", "started_date", "note"),
            ("patent", "title", "started_date"),
            "当年的计入专利开放许可被许可次数（TRF-10a）。被许可人不公开。",
            {"title": "被许可人", "number": "许可备案号", "started_date": "许可生效日期"},
            is_public=False, ends=False, states=("", "", ""),
        ),
        EntryKind(
            RegisterKind.ROADSHOW,
            ("title", "started_date", "ended_date", "link", "note"),
            ("title", "started_date"),
            "当年举办的计入举办对接路演活动（ECO-01）。",
            {"title": "活动名称", "started_date": "举办日期", "ended_date": "结束日期",
             "link": "报名或报道网址"},
            {"note": "地点、主题、面向谁，怎样报名。", "ended_date": "只办一天的不填。"},
            is_event=True, ends=False, states=("即将举办", "正在举办", "已举办"),
        ),
        EntryKind(
            RegisterKind.ALLIANCE,
            ("title", "started_date", "ended_date", "link", "note"),
            ("title", "started_date"),
            "当年参加的计入联盟活动参与次数（ECO-03）。",
            {"title": "活动名称", "started_date": "活动日期", "ended_date": "结束日期"},
            {"note": "哪个联盟、什么活动。", "ended_date": "只有一天的不填。"},
            is_event=True, ends=False, states=("即将举办", "正在举办", "已举办"),
        ),
        EntryKind(
            RegisterKind.SCENARIO,
            ("title", "started_date", "ended_date", "link", "note"),
            ("title", "started_date", "note"),
            "年末开放的计入开放应用场景数（ECO-06）。",
            {"title": "场景名称", "started_date": "开放日期", "ended_date": "开放至",
             "link": "详情网址"},
            {"note": "能在这里验证什么、对产品的要求、怎样申请。"},
        ),
    )
}  # fmt: skip
PUBLIC_KINDS = [kind for kind, row in KINDS.items() if row.is_public]
EVENT_KINDS = [kind for kind, row in KINDS.items() if row.is_event]
