from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "对接与案例"

    def ready(self) -> None:
        """Say who may read the files of this app's records, how far pairs came, and which cases
        topics may gather."""
        from cases import guards  # models load after the app is configured
        from cases.selectors.deeds import pair_deeds
        from cases.selectors.stories import TOPIC_KIND, cases_for_topics
        from core.files import register_guard
        from matching.selectors.judgements import register_deeds
        from policies.lent import register_lender

        register_guard("cases.message", guards.may_read_message_file)
        register_guard("cases.outcome", guards.may_read_evidence)
        register_guard("cases.receipt", guards.may_read_receipt)
        register_guard("cases.bid", guards.may_read_bid_file)
        register_deeds("cases", pair_deeds)
        register_lender(TOPIC_KIND, cases_for_topics)
