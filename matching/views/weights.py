"""The weights for staff: what they do, versions, compare, activate, freeze."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.refusals import carry_out, refusals_on, telling
from matching.access import MatchWeightsAccess
from matching.engine.weights import SHIPPED, shipped_weights
from matching.forms import WeightsForm
from matching.selectors.training import training_state, version_page
from matching.selectors.weights import active_weights, compared, contributions
from matching.services.training import start_training
from matching.services.weights import activate_weights, add_weights, freeze_weights


@login_required
@require_GET
def weights(request: HttpRequest) -> HttpResponse:
    """Versions with what the features contribute; two of them side by side on request."""
    access = MatchWeightsAccess(request.user)
    access.require("view")
    rows = list(access.visible().order_by("-is_active", "-activated_at", "-pk"))
    chosen = [row for row in rows if row.version in request.GET.getlist("version")][:2]
    context = {
        "access": access,
        "rows": rows,
        "active": active_weights(),
        "shipped": shipped_weights().version,
        "is_kept": shipped_weights().version in {row.version for row in rows},
        "contributions": contributions(),
        "training": training_state(),
        "chosen": chosen,
        "lines": compared(*chosen) if len(chosen) == 2 else [],
    }
    return render(request, "matching/weights.html", context)


@login_required
@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version beside the active one: figures, contributions, what would change."""
    access = MatchWeightsAccess(request.user)
    access.require("view")
    row = get_object_or_404(access.visible(), pk=pk)
    context = {"access": access, "page": version_page(row)}
    return render(request, "matching/weights_version.html", context)


@login_required
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Learn new weights from feedback; the result is a draft."""
    carry_out(request, start_training, "已开始训练，完成后作为草稿版本列在下面，比较后再启用。")
    return redirect("matching:weights")


@login_required
@require_GET
def train_progress(request: HttpRequest) -> HttpResponse:
    """How far the training is; once it is over, the page is asked to load anew."""
    MatchWeightsAccess(request.user).require("view")
    state = training_state()
    if not state.is_running:
        return HttpResponseClientRefresh()
    context = {"training": state.latest, "poll": request.path}
    return render(request, "matching/_training.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """A new version, made from the active one."""
    access = MatchWeightsAccess(request.user)
    access.require("add")
    current = access.visible().filter(is_active=True).first()
    record = current.record if current else json.loads(SHIPPED.read_text(encoding="utf-8"))
    initial = {"record": record}
    form = WeightsForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            row = add_weights(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, f"已登记版本“{row.version}”，比较后可启用。")
            return redirect("matching:weights")
    return render(request, "matching/weights_form.html", {"form": form})


@login_required
@require_POST
def activate(request: HttpRequest) -> HttpResponse:
    """Rank with a version from now on."""
    version = request.POST.get("version", "")
    with telling(request):
        row = activate_weights(actor=request.user, version=version, now=timezone.now())
        messages.success(request, f"已启用“{row.version}”。已有结果在下次匹配后更新，可全量重算。")
    return redirect("matching:weights")


@login_required
@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the active version, or lift the freeze."""
    is_frozen = "lift" not in request.POST
    carry_out(
        request, freeze_weights, "已冻结。" if is_frozen else "已解除冻结。", is_frozen=is_frozen
    )
    return redirect("matching:weights")
