"""Columns of lists and exports of accounts."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.activity import sentence
from core.templatetags.portal_format import moment


class OrganisationTable(tables.Table):
    name = tables.Column(verbose_name=_("单位名称"))
    uscc = tables.Column(verbose_name=_("统一社会信用代码"))
    region = tables.Column(verbose_name=_("注册地区"))
    size_class = tables.Column(verbose_name=_("企业规模"))
    wants_platform = tables.BooleanColumn(verbose_name=_("申请登记平台"))
    status = tables.Column(verbose_name=_("状态"))
    created_at = tables.DateTimeColumn(verbose_name=_("登记时间"))

    def value_wants_platform(self, value: bool) -> str:
        return "是" if value else "否"


class UserTable(tables.Table):
    name = tables.Column(verbose_name=_("姓名"))
    email = tables.Column(verbose_name=_("邮箱"))
    roles = tables.Column(verbose_name=_("角色"), accessor="role_names", orderable=False)
    is_active = tables.BooleanColumn(verbose_name=_("启用"))
    last_login = tables.DateTimeColumn(verbose_name=_("最近登录"))
    date_joined = tables.DateTimeColumn(verbose_name=_("注册时间"))

    def value_is_active(self, value: bool) -> str:
        return "是" if value else "否"


class ActivityTable(tables.Table):
    at = tables.Column(verbose_name=_("时间"))
    actor_name = tables.Column(verbose_name=_("操作人"))
    action = tables.Column(verbose_name=_("动作"))
    target_label = tables.Column(verbose_name=_("对象"), orderable=False)
    reason = tables.Column(verbose_name=_("原因"), orderable=False)
    ip_address = tables.Column(verbose_name=_("网络地址"), orderable=False)
    request_id = tables.Column(verbose_name=_("请求编号"), orderable=False)

    def render_at(self, value: object) -> str:
        return moment(value)  # type: ignore[arg-type]

    def render_action(self, value: str) -> str:
        return sentence(value)
