"""The type of a request behind `login_required`: its user is a person, never a visitor."""

from django.http import HttpRequest

from accounts.models import User


class PersonRequest(HttpRequest):
    user: User
