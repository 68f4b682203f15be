"""Forms of accounts: they make clean values and nothing else."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as mfa_forms
from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, Scope, SizeClass
from accounts.models import Organisation
from core.errors import DomainError
from core.fields import DayInput
from taxonomy.fields import RegionField
from taxonomy.models import Term
from taxonomy.selectors import industries
from taxonomy.uscc import check_uscc

PASSWORD_HELP = _("至少 10 个字符，不要只用数字，也不要用常见的密码。")
USCC_HELP = _("18 位，见营业执照或登记证书；已登记的单位会转为申请加入。")


class UsccField(forms.CharField):
    """A unified social credit code, normalised and checked (GB 32100-2015)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("统一社会信用代码"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return check_uscc(text) if text else text
        except DomainError as error:
            raise forms.ValidationError(error.message, error.code) from error


class RegistrationForm(forms.Form):
    """Person and organisation in one step."""

    organisation_name = forms.CharField(label=_("单位名称"), max_length=200)
    uscc = UsccField(help_text=USCC_HELP)
    region = RegionField(label=_("注册地区"), help_text=_("省、市或区县，如“广东省中山市”。"))
    size_class = forms.ChoiceField(
        label=_("企业规模"),
        required=False,
        choices=[("", _("未注明")), *SizeClass.choices],
        help_text=_("按工信部联企业〔2011〕300号划分，高校院所可不填。"),
    )
    wants_platform = forms.BooleanField(
        label=_("我们运营中试平台"),
        required=False,
        help_text=_("勾选后可以登记平台和服务能力；发布需求不需要勾选。"),
    )
    name = forms.CharField(label=_("姓名"), max_length=50)
    phone = forms.CharField(
        label=_("电话"), max_length=30, required=False, help_text=_("选填，不对访客公开。")
    )
    email = forms.EmailField(label=_("邮箱"), help_text=_("用来登录和接收通知。"))
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=PASSWORD_HELP,
    )
    consent = forms.BooleanField(label=_("我已阅读并同意隐私说明"))

    def __init__(self, *args: Any, privacy_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].help_text = format_html(
            '<a href="{}" target="_blank">{}</a>', privacy_url, _("查看隐私说明（新窗口）")
        )


class OrganisationForm(forms.ModelForm):
    """Facts of an organisation; `version` carries what the editor read."""

    uscc = UsccField()
    region = RegionField(label=_("注册地区"))
    website = forms.URLField(label=_("网站"), required=False, assume_scheme="https")
    qualifications = forms.ModelMultipleChoiceField(
        label=_("企业资质"),
        queryset=Term.objects.of("qualification"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = (
            "name", "uscc", "region", "industry", "size_class", "legal_person", "address",
            "website", "qualifications",
        )  # fmt: skip

    def __init__(self, *args: Any, may_rename: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.updated_at.isoformat()
        self._choose("size_class", SizeClass.choices)
        self._choose("industry", _industry_choices())
        for name in ("name", "uscc", "region"):
            self.fields[name].disabled = not may_rename

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("未注明")), *choices]

    def validate_unique(self) -> None:
        """The service says who has the code already."""

    def clean_version(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["version"])
        except ValueError as error:
            raise forms.ValidationError(_("页面已过期，请刷新后再改。")) from error


def _industry_choices() -> list[tuple[str, Any]]:
    """大类 under their 门类, as a select shows groups."""
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for row in industries():
        if row.parent_id is None:
            groups[row.code] = (row.name, [])
        elif row.parent_id in groups:
            groups[row.parent_id][1].append((row.code, f"{row.code} {row.name}"))
    return list(groups.values())


class JoinForm(forms.Form):
    """Ask to act for an organisation that is registered already."""

    uscc = UsccField()
    role = forms.ChoiceField(
        label=_("申请的角色"),
        choices=[(role.value, role.label) for role in (Role.ENTERPRISE, Role.OPERATOR)],
    )


class LinkForm(forms.Form):
    """Link an identity and, where its organisation is registered, ask to act for it."""

    role = forms.ChoiceField(
        label=_("申请的角色"),
        required=False,
        choices=[(Role.ENTERPRISE.value, Role.ENTERPRISE.label),
                 (Role.OPERATOR.value, Role.OPERATOR.label), ("", _("不申请加入"))],
    )  # fmt: skip

    def __init__(self, *args: Any, may_join: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.ENTERPRISE
        if not may_join:
            del self.fields["role"]


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=500)


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=50)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)


class CloseAccountForm(forms.Form):
    confirm = forms.BooleanField(label=_("我知道注销后不能恢复，要再用须重新注册"))


class InviteForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=50)
    email = forms.EmailField(label=_("邮箱"), help_text=_("设置密码的链接会发到这里。"))


class GrantForm(forms.Form):
    """A role with the scope it needs."""

    role = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *Role.choices])
    region = RegionField(
        label=_("管辖地区"), required=False, help_text=_("政府工作人员和技术经理人须填写。")
    )
    organisation = UsccField(
        label=_("单位的统一社会信用代码"),
        required=False,
        help_text=_("企业用户、平台运营、协同部门和对接系统须填写。"),
    )

    def clean_organisation(self) -> Organisation | None:
        code = self.cleaned_data["organisation"]
        found = Organisation.objects.filter(uscc=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("没有登记这个代码的单位。"))
        return found


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("用途"), max_length=100, help_text=_("哪个系统用它做什么，如“ERP 同步需求”。")
    )
    scopes = forms.MultipleChoiceField(label=_("权限范围"), widget=forms.CheckboxSelectMultiple)
    expires_date = forms.DateField(
        label=_("有效期至"),
        widget=DayInput(),
        help_text=_("最长一年。"),
    )

    def __init__(self, *args: Any, scopes: Container[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in Scope.choices if value in scopes]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]
        self.fields["expires_date"].initial = timezone.localdate() + timedelta(days=180)

    @property
    def expires_at(self) -> datetime:
        """The end of the chosen day."""
        day = self.cleaned_data["expires_date"]
        return timezone.make_aware(datetime.combine(day, time.max.replace(microsecond=0)))


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Signing in: every label is said once, and an address is called 邮箱 as everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("邮箱")
        _drop_placeholders(self)


class PasswordHelpForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("邮箱")
        _drop_placeholders(self)


class AddressForm(allauth_forms.AddEmailForm):  # type: ignore[misc]
    """One more address of one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("邮箱")
        _drop_placeholders(self)


class FactorForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码或恢复码")
        _drop_placeholders(self)


class FactorAgainForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码或恢复码")
        _drop_placeholders(self)


class ConfirmPasswordForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_placeholders(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_placeholders(self)


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password twice, after a letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_placeholders(self)


def _drop_placeholders(form: forms.Form) -> None:
    """What only repeats the label leaves the field before it is needed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
