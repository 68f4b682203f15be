"""How allauth behaves here: people register through our own form, with their organisation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: `accounts:register` makes person and organisation in one step."""
        return False
