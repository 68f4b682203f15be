from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "供需匹配"

    def ready(self) -> None:
        """Say which units can be read: who compares quantities knows."""
        from matching.engine.units import EXAMPLES, is_unit
        from platforms.units import register_reader  # no app loads another before it is ready

        register_reader(is_unit, EXAMPLES)
