"""Addresses of other systems: registered, their secret shown once, what was sent to them."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from notifications import selectors, services
from notifications.access import DeliveryAccess, WebhookAccess
from notifications.filters import DeliveryFilter
from notifications.forms import WebhookForm
from notifications.models import WebhookEndpoint
from notifications.tables import DeliveryTable


@login_required
@never_cache
def webhooks(request: PersonRequest) -> HttpResponse:
    """Own addresses and a form for another. The answer to the form shows the secret, once."""
    WebhookAccess(request.user).require("create")  # before anybody is asked for a password
    return _webhooks(request)


@reauthentication_required
def _webhooks(request: PersonRequest) -> HttpResponse:
    form, secret = WebhookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _endpoint, secret = services.create_endpoint(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            form = WebhookForm()
    context = {"form": form, "secret": secret, "rows": selectors.webhooks_of(request.user)}
    return render(request, "notifications/webhooks.html", context)


@login_required
@never_cache
def webhook(request: PersonRequest, pk: int) -> HttpResponse:
    """One address: what it is told of, and what was sent to it."""
    endpoint = _mine(request, pk)
    form = WebhookForm(request.POST or None, initial={"url": endpoint.url, "kinds": endpoint.kinds})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_endpoint(
                actor=request.user, endpoint=endpoint, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已保存。")
            return redirect(endpoint)
    return _page(request, endpoint, form)


def _page(
    request: PersonRequest, endpoint: WebhookEndpoint, form: WebhookForm, secret: str = ""
) -> HttpResponse:
    return list_page(
        request,
        queryset=selectors.deliveries_of(request.user, endpoint),
        table_class=DeliveryTable,
        filter_class=DeliveryFilter,
        template="notifications/webhook.html",
        export_name="推送记录",
        context={"endpoint": endpoint, "form": form, "secret": secret},
    )


@login_required
@never_cache
@reauthentication_required
def rotate(request: PersonRequest, pk: int) -> HttpResponse:
    """Another secret, shown once. Whoever was asked for the password in between asks again."""
    endpoint = _mine(request, pk)
    if request.method != "POST":
        return redirect(endpoint)
    secret = services.rotate_secret(actor=request.user, endpoint=endpoint, now=timezone.now())
    form = WebhookForm(initial={"url": endpoint.url, "kinds": endpoint.kinds})
    return _page(request, endpoint, form, secret)


@login_required
@require_POST
def switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop the address, or let it be told again."""
    endpoint = _mine(request, pk)
    wanted = not endpoint.is_active
    said = "已启用，积压的推送会陆续送出。" if wanted else "已停用，不再推送。"
    carry_out(
        request, services.set_endpoint_active, said, endpoint=endpoint, is_active=wanted
    )  # fmt: skip
    return redirect(endpoint)


@login_required
@require_POST
def test(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = _mine(request, pk)
    carry_out(request, services.send_test, "测试已发出，几秒后刷新本页看结果。", endpoint=endpoint)
    return redirect(endpoint)


@login_required
@require_POST
def resend(request: PersonRequest, pk: str) -> HttpResponse:
    rows = DeliveryAccess(request.user).visible().select_related("endpoint")
    delivery = get_object_or_404(rows, pk=pk)
    carry_out(request, services.resend, "已重新发出，几秒后刷新本页看结果。", delivery=delivery)
    return redirect(delivery.endpoint)


@login_required
@require_POST
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = _mine(request, pk)
    carry_out(request, services.delete_endpoint, "推送地址已删除。", endpoint=endpoint)
    return redirect("notifications:webhooks")


def _mine(request: PersonRequest, pk: int) -> WebhookEndpoint:
    endpoint: WebhookEndpoint = get_object_or_404(WebhookAccess(request.user).visible(), pk=pk)
    return endpoint
