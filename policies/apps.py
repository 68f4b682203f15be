from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "政策与动态"

    def ready(self) -> None:
        """Say who may read the attachments of this app's records."""
        from core.files import register_guard
        from policies import access  # models load after the app is configured

        for model in access.ACCESS:
            register_guard(model._meta.label_lower, access.may_read_attachment(model))
