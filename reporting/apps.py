from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "年度报告与指标"

    def ready(self) -> None:
        """Say who may read evidence and signed scans."""
        from core.files import register_guard
        from reporting import access  # models load after the app is configured

        register_guard("reporting.reportvalue", access.may_read_evidence)
        register_guard("reporting.annualreport", access.may_read_scan)
        register_guard("reporting.alert", access.may_read_alert_file)
        register_guard("reporting.evaluationdispute", access.may_read_dispute)
        register_guard("reporting.publication", access.may_read_publication_file)
        register_guard("reporting.publishedlist", access.may_read_list_file)
