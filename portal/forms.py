"""Forms of pages that span apps."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput


class StyleguideForm(forms.Form):
    """One field of each kind, so that every widget can be looked at."""

    name = forms.CharField(label=_("需求名称"), max_length=60, help_text=_("一句话说清要做什么。"))
    stage = forms.ChoiceField(
        label=_("所处阶段"), choices=[("", _("请选择")), ("lab", _("小试完成"))]
    )
    budget = forms.DecimalField(label=_("预算（万元）"), min_value=0, required=False)
    deadline = forms.DateField(
        label=_("期望完成日期"),
        required=False,
        widget=DayInput(),
    )
    detail = forms.CharField(
        label=_("需求说明"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("工艺、规模、原料、目标指标；不要写保密内容。"),
    )
    services = forms.MultipleChoiceField(
        label=_("需要的服务"),
        required=False,
        choices=[("scale", _("工程化放大")), ("test", _("检测验证")), ("trial", _("产品试制"))],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("公开范围"),
        choices=[("open", _("全部公开")), ("teaser", _("只公开摘要"))],
        widget=forms.RadioSelect,
    )
    paper = forms.FileField(label=_("附件"), required=False, help_text=_("不超过 20 MB。"))
    consent = forms.BooleanField(label=_("我已阅读并同意《信息发布规则》"))
