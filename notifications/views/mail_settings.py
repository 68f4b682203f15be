"""How a person wants mail, and the way out that stands in every mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.requests import PersonRequest
from core.refusals import refusals_on
from notifications import services
from notifications.enums import MailGroup
from notifications.forms import MailForm
from notifications.selectors import mail_rules_of


@login_required
def mail_settings(request: PersonRequest) -> HttpResponse:
    """Which messages are mailed at once, once a day or never; and the quiet hours."""
    rules = mail_rules_of([request.user])[request.user.pk]
    form = MailForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        hours = {name: form.cleaned_data[name] for name in ("quiet_from", "quiet_until")}
        with refusals_on(form):
            services.choose_mail(
                actor=request.user, choices=form.choices, now=timezone.now(), **hours
            )
            messages.success(request, "邮件设置已保存。")
            return redirect("notifications:mail_settings")
    groups = [form[group] for group in MailGroup.values]
    return render(request, "notifications/mail_settings.html", {"form": form, "groups": groups})


@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is the proof
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then mail no more of a group to whom the mail was sent; needs no sign-in."""
    found = services.unsubscription(token)
    if found is None:
        raise Http404
    is_done = request.method == "POST" and services.unsubscribe(token=token, now=timezone.now())
    group = found[1]
    what = str(MailGroup(group).label) if group else ""
    context = {"person": found[0], "what": what, "is_done": is_done}
    return render(request, "notifications/unsubscribe.html", context)
