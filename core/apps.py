from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "内核"

    def ready(self) -> None:
        from core import checks  # noqa: F401 -- registering needs loaded apps
