from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与单位"

    def ready(self) -> None:
        """Listen to the framework: Django and allauth announce sign-ins by signals only."""
        from accounts.adapter import connect_sign_in_log  # needs loaded apps

        connect_sign_in_log()
