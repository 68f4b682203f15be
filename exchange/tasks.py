"""Tasks of the exchange: one pull, the hour's pulls, what was left."""

from celery import shared_task
from django.utils import timezone

from exchange import services


@shared_task(name="exchange.run_pull")
def run_pull(*, job_id: int) -> None:
    services.run_pull(job_id=job_id, now=timezone.now())


@shared_task(name="exchange.pull_all", expires=1800)
def pull_all() -> None:
    services.pull_all(now=timezone.now())


@shared_task(name="exchange.resume_pulls", expires=60)
def resume_pulls() -> None:
    services.resume_pulls(now=timezone.now())
