"""Enqueue by name: services know no task, and nothing is queued before the commit."""

from typing import Any

from celery import current_app
from django.db import transaction


def enqueue(name: str, **kwargs: Any) -> None:
    """Queue the task `name` with keyword `kwargs` after the current transaction commits.

    Raises celery's NotRegistered for an unknown name. A broker that cannot be reached is logged
    and no error: what must not be lost has an Event or a job row, and a sweep picks it up.
    """
    task = current_app.tasks[name]

    def send() -> None:  # a function with a name: Django logs the name of a hook that fails
        task.delay(**kwargs)

    transaction.on_commit(send, robust=True)
