"""Where a page shows what a service refused."""

from django.forms import BaseForm

from core.errors import DomainError, Refused


def put_error(form: BaseForm, error: DomainError) -> None:
    """Show what a service refused at its field; a missing right is a page of its own."""
    if isinstance(error, Refused):
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.message)
