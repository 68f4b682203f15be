"""Publications as the staff make them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling
from reporting.access import PublicationAccess
from reporting.forms import ChapterForm, PublicationForm
from reporting.models import PublicationSection
from reporting.selectors import publications as selectors
from reporting.services import publications as services
from reporting.tables import PublicationTable

MOVES: dict[str, Any] = {
    "submit": services.submit_publication,
    "publish": services.publish_publication,
}
MOVES_WITH_REASON: dict[str, Any] = {
    "return": services.return_publication,
    "withdraw": services.withdraw_publication,
}


@login_required
@require_GET
def managed(request: HttpRequest) -> HttpResponse:
    """Editions of the user's region, whatever their state."""
    access = PublicationAccess(request.user)
    access.require("manage")
    return list_page(
        request, queryset=selectors.listed(access.managed()), table_class=PublicationTable,
        template="reporting/publications/managed.html", context={"access": access},
    )  # fmt: skip


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Choose kind, year and region; freezing starts at once."""
    PublicationAccess(request.user).require("create")
    form = PublicationForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.create_publication(
                actor=request.user, now=timezone.now(), **form.values()
            )
            messages.success(request, "已建立，正在封存数据并写出初稿。")
            return redirect("reporting:compile", made.pk)
    return render(request, "reporting/publications/create.html", {"form": form})


def find(request: HttpRequest, pk: int) -> tuple[PublicationAccess, Any]:
    """The access object and an edition that the user looks after."""
    access = PublicationAccess(request.user)
    return access, get_object_or_404(access.managed().select_related("region", "cycle"), pk=pk)


@login_required
@require_GET
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """One edition: what is frozen, chapters to write, files, what comes next."""
    access, found = find(request, pk)
    context = {"publication": found, "access": access, "desk": selectors.desk_of(found)}
    return render(request, "reporting/publications/desk.html", context)


@login_required
def section(request: HttpRequest, pk: int, chapter: str) -> HttpResponse:
    """Write a chapter; numbers are placeholders. Nothing that somebody else saved is lost."""
    access, found = find(request, pk)
    access.require("edit", found)
    row = get_object_or_404(PublicationSection, publication=found, chapter=chapter)
    form = ChapterForm(request.POST or None, initial={"body": row.text, "version": row.version})
    if request.method == "POST" and form.is_valid():
        values = form.values(is_reset="reset" in request.POST)
        try:
            services.edit_section(actor=request.user, section=row, now=timezone.now(), **values)
        except DomainError as error:
            form.refused(error, PublicationSection.objects.get(pk=row.pk))
            row.refresh_from_db()
        else:
            messages.success(request, "已保存。")
            return redirect("reporting:compile", pk)
    context = {"publication": found, "section": row, "form": form,
               "codes": selectors.codes_for(found, chapter)}  # fmt: skip
    return render(request, "reporting/publications/section.html", context)


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Score entries and tick those that are taken in."""
    _access, found = find(request, pk)
    choices = {
        row: (request.POST.get(f"score-{row}"), f"included-{row}" in request.POST)
        for row in found.rows.values_list("pk", flat=True)
        if f"score-{row}" in request.POST
    }
    with telling(request):
        count = services.choose_entries(
            actor=request.user, publication=found, choices=choices, now=timezone.now()
        )
        messages.success(request, f"已保存，收录 {count} 篇。")
    return redirect("reporting:compile", pk)


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Hand in, send back, publish, withdraw."""
    _access, found = find(request, pk)
    values = {"actor": request.user, "publication": found, "now": timezone.now()}
    with telling(request):
        if name in MOVES_WITH_REASON:
            MOVES_WITH_REASON[name](reason=request.POST.get("reason", ""), **values)
        elif name in MOVES:
            MOVES[name](**values)
        messages.success(request, "已办理。")
    return redirect("reporting:compile", pk)


@login_required
@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the data anew; what was written stays."""
    _access, found = find(request, pk)
    carry_out(request, services.request_freeze, publication=found)
    return redirect("reporting:compile", pk)


@login_required
@require_POST
def render_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the files that are missing."""
    _access, found = find(request, pk)
    carry_out(request, services.request_files, publication=found)
    return redirect("reporting:compile", pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    _access, found = find(request, pk)
    if carry_out(request, services.delete_publication, "草稿已删除。", publication=found):
        return redirect("reporting:managed_publications")
    return redirect("reporting:compile", pk)
