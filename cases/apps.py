from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "对接与案例"

    def ready(self) -> None:
        """Say who may read the files of this app's records."""
        from cases import access  # models load after the app is configured
        from core.files import register_guard

        register_guard("cases.message", access.may_read_message_file)
        register_guard("cases.outcome", access.may_read_evidence)
