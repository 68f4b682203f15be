"""Tasks of accounts."""

from celery import shared_task
from django.utils import timezone

from accounts.services import sign_in


@shared_task(name="accounts.purge_sessions", expires=3600)
def purge_sessions() -> None:
    sign_in.purge_sessions(now=timezone.now())
