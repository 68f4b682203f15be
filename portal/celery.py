"""The Celery application: queues, limits and the schedule of everything that recurs."""

import os

from celery import Celery
from celery.schedules import crontab
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)

# each with an exchange and key of its own: on shared ones every task would land in all three
app.conf.task_queues = [
    Queue(name, Exchange(name), routing_key=name) for name in ("default", "matching", "reporting")
]
app.conf.task_default_queue = "default"
# a task's name says its app, and its app says its queue
app.conf.task_routes = {"matching.*": {"queue": "matching"}, "reporting.*": {"queue": "reporting"}}

# Everything that recurs, in one place. Every task here is safe to run twice.
app.conf.beat_schedule = {
    "sweep-events": {"task": "core.sweep_events", "schedule": 30.0},
    "seal-activity-log": {"task": "core.seal_activity_log", "schedule": crontab(minute="*/10")},
    "expire-demands": {"task": "demands.expire_demands", "schedule": crontab(hour=1, minute=10)},
    "embed-missing": {"task": "matching.embed_missing", "schedule": crontab(minute="*/5")},
    "match-all": {"task": "matching.nightly_run", "schedule": crontab(hour=2, minute=20)},
    "resume-match-runs": {"task": "matching.resume_runs", "schedule": 60.0},
    "remind-confirmations": {
        "task": "platforms.remind_confirmations",
        "schedule": crontab(hour=9, minute=30, day_of_week="mon"),
    },
    "remind-replies": {"task": "cases.remind_replies", "schedule": crontab(minute=20)},
    "remind-disclosures": {"task": "demands.remind_disclosures", "schedule": crontab(minute=30)},
    "remind-bookings": {"task": "platforms.remind_bookings", "schedule": crontab(minute=25)},
    "remind-inspections": {
        "task": "cases.remind_inspections",
        "schedule": crontab(hour=9, minute=20),
    },
    "keep-vouchers": {"task": "cases.keep_vouchers", "schedule": crontab(hour=9, minute=25)},
    "keep-challenges": {"task": "cases.keep_challenges", "schedule": crontab(hour=0, minute=20)},
    "keep-recognition": {
        "task": "platforms.keep_recognition",
        "schedule": crontab(hour=0, minute=30),
    },
    "remind-recognition": {
        "task": "platforms.remind_recognition",
        "schedule": crontab(hour=9, minute=15),
    },
    "mail-waiting": {"task": "notifications.mail_waiting", "schedule": crontab(minute="*/5")},
    "sweep-webhooks": {"task": "notifications.sweep_webhooks", "schedule": 60.0},
    "forget-webhooks": {
        "task": "notifications.forget_deliveries",
        "schedule": crontab(hour=3, minute=15),
    },
    "resume-reporting-jobs": {"task": "reporting.resume_jobs", "schedule": 60.0},
    "pull-neighbours": {"task": "exchange.pull_all", "schedule": crontab(minute=35)},
    "resume-pulls": {"task": "exchange.resume_pulls", "schedule": 60.0},
    "remind-reports": {"task": "reporting.remind_due", "schedule": crontab(hour=9, minute=5)},
    "remind-alerts": {"task": "reporting.remind_alerts", "schedule": crontab(hour=9, minute=10)},
    "compute-portal-values": {
        "task": "reporting.compute_portal_values",
        "schedule": crontab(hour=0, minute=40),
    },
    # before what core.counts keeps for five minutes is over
    "count-directories": {"task": "portal.count_directories", "schedule": 240.0},
    "probe-home": {"task": "reporting.probe_home", "schedule": crontab(minute="*/5")},
    "purge-sessions": {"task": "accounts.purge_sessions", "schedule": crontab(hour=3, minute=5)},
}
