"""Near-duplicates while a demand or a capability is being typed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from matching.forms import TypedForm
from matching.selectors.duplicates import similar_capabilities, similar_demands

PER_MINUTE = 40
FINDERS = {"demands": similar_demands, "capabilities": similar_capabilities}


@login_required
@require_POST
def similar(request: HttpRequest, kind: str) -> HttpResponse:
    """A hint of rows much like what is typed; 429 to who asks faster than people type."""
    key = f"matching:similar:{request.user.pk}:{timezone.now():%Y%m%d%H%M}"
    cache.add(key, 0, 120)
    if cache.incr(key) > PER_MINUTE:
        return HttpResponse(status=429)
    form = TypedForm(request.POST)
    typed = form.cleaned_data if form.is_valid() else {"title": ""}
    found = FINDERS[kind](request.user, **typed)
    return render(request, "matching/_similar.html", {"found": found})
