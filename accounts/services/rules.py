"""What every writer here checks in the same way."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from core.errors import DomainError


def check_password_rules(password: str, user: User, *, field: str = "password") -> None:
    """Refuse a password that is too short, common or like the person's own data."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError("weak_password", "".join(error.messages), field) from error


def normal_email(email: str) -> str:
    """Addresses are kept in lower case, so that nobody has two accounts by accident."""
    return email.strip().lower()
