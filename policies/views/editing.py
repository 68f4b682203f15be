"""The staff editor: write, look at it as the public will, publish."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.files import files_of
from core.lists import list_page
from core.refusals import refusals_on, telling
from core.workdays import given_moment
from policies import selectors, services
from policies.access import ACCESS, ContentAccess
from policies.filters import EditingFilter
from policies.forms import GROUPS, MODELS, AttachmentForm, ContentForm, form_class
from policies.models import Content
from policies.tables import EditingTable


@login_required
def manage(request: HttpRequest, kind: str = "documents") -> HttpResponse:
    """What the user may edit, by kind, and how the columns stand."""
    access = _access(request, kind)
    access.require("create")
    tabs = [
        {"label": model._meta.verbose_name, "url": reverse("policies:manage_kind", args=[name]),
         "active": name == kind}
        for name, model in MODELS.items()
    ]  # fmt: skip
    return list_page(
        request,
        queryset=access.editable().for_list(),
        table_class=EditingTable,
        filter_class=EditingFilter,
        template="policies/manage.html",
        context={
            "tabs": tabs, "kind": kind, "title": access.model._meta.verbose_name,
            "inspection": selectors.self_inspection(today=timezone.localdate()),
        },
    )  # fmt: skip


@login_required
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a new piece; saving leads to its preview."""
    access = _access(request, kind)
    access.require("create")
    form = _form(access.model, request, initial={"region": access.own_region()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            content = services.create_content(
                actor=request.user,
                model=access.model,
                values=form.cleaned_data,
                now=timezone.now(),
            )
            messages.success(request, "草稿已保存。这就是公众将看到的样子，核对后发布。")
            return redirect(content)
    return _editor(request, access, kind, form)


@login_required
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Change a piece; what is published changes at once."""
    access = _access(request, kind)
    content = get_object_or_404(access.visible(), slug=slug)
    access.require("edit", content)
    form = _form(access.model, request, instance=content)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_content(
                actor=request.user,
                content=content,
                values=form.cleaned_data,
                version=given_moment(request.POST.get("version", "")),
                now=timezone.now(),
            )
            messages.success(request, "已保存。")
            return redirect(content)
    return _editor(request, access, kind, form, content)


@login_required
@require_POST
def transition(request: HttpRequest, kind: str, slug: str, name: str) -> HttpResponse:
    """Publish, withdraw, publish again."""
    access = _access(request, kind)
    content = get_object_or_404(access.visible(), slug=slug)
    row = ContentAccess.machine.by_name[name]
    with telling(request, f"“{row.label}”没有完成"):
        services.move_content(
            actor=request.user,
            content=content,
            name=name,
            reason=request.POST.get("reason", "")[:500],
            now=timezone.now(),
        )
        messages.success(request, f"已{row.label}。")
    return redirect(content)


@login_required
@require_POST
def attach(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Add an attachment; a file of a wrong kind is refused with the reason."""
    access = _access(request, kind)
    content = get_object_or_404(access.visible(), slug=slug)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "请先选择要上传的文件。")
        return redirect("policies:edit", kind, slug)
    with telling(request, "附件没有上传"):
        services.attach_file(
            actor=request.user,
            content=content,
            upload=form.cleaned_data["file"],
            now=timezone.now(),
        )
        messages.success(request, "附件已上传。")
    return redirect("policies:edit", kind, slug)


@login_required
@require_POST
def remove_file(request: HttpRequest, kind: str, slug: str, pk: UUID) -> HttpResponse:
    """Remove an attachment."""
    access = _access(request, kind)
    content = get_object_or_404(access.visible(), slug=slug)
    stored = get_object_or_404(files_of(content), pk=pk)
    services.remove_file(actor=request.user, content=content, stored=stored, now=timezone.now())
    messages.success(request, "附件已移除。")
    return redirect("policies:edit", kind, slug)


def _access(request: HttpRequest, kind: str) -> ContentAccess:
    if kind not in MODELS:
        raise Http404
    return ACCESS[MODELS[kind]](request.user)


def _form(model: type[Content], request: HttpRequest, **options: Any) -> ContentForm:
    data = request.POST if request.method == "POST" else None
    return form_class(model)(data, **options)


def _editor(
    request: HttpRequest,
    access: ContentAccess,
    kind: str,
    form: ContentForm,
    content: Content | None = None,
) -> HttpResponse:
    groups = [
        (legend, hint, [form[name] for name in names if name in form.fields])
        for legend, hint, names in GROUPS
    ]
    page = {
        "form": form,
        "groups": [group for group in groups if group[2]],
        "kind": kind,
        "title": access.model._meta.verbose_name,
        "content": content,
        "files": selectors.attachments(content) if content else [],
        "upload": AttachmentForm(),
    }
    return render(request, "policies/editor.html", page)
