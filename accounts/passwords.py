"""Password rules in Chinese where Django's translation is missing."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("密码太短，至少要 %(length)d 个字符。") % {"length": self.min_length}

    def get_help_text(self) -> str:
        return _("密码至少要 %(length)d 个字符。") % {"length": self.min_length}
