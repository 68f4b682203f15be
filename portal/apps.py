from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Load every app's tasks: services enqueue by name, and reactions register there."""
        from portal.celery import app

        app.autodiscover_tasks(force=True)
