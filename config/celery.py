"""The Celery app and its whole timetable. Receivers make things fast; these sweeps make them certain."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("helice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A person waits for the first queue; an import or a rebuild uses the second; letters need no encoder.
# A worker of both takes what people wait for first: the order of its queues is no order (kombu keeps a set),
# priorities are (0 goes before 9).
FIRST, NEXT, SOON, LAST = 0, 2, 5, 9
app.conf.task_routes = {
    "accounts.tasks.run_job": {"queue": "bulk", "priority": SOON},  # somebody looks how far it is
    "accounts.tasks.*": {"queue": "mail"},
    "hubs.tasks.*": {"queue": "mail"},
    "matching.tasks.refresh_waiting": {"queue": "bulk", "priority": LAST},
    "matching.tasks.rebuild_slice": {"queue": "bulk", "priority": LAST},
    "matching.tasks.explain_waiting": {"queue": "bulk", "priority": SOON},
    "matching.tasks.count_country": {"queue": "bulk", "priority": LAST},
    "matching.tasks.compare_challenges": {"queue": "bulk", "priority": LAST},
    "matching.tasks.find_gaps": {"queue": "bulk", "priority": LAST},
    "matching.tasks.write_letters": {"queue": "mail"},
    "matching.tasks.allocate": {"queue": "bulk", "priority": SOON},
    "matching.tasks.learn": {"queue": "bulk", "priority": LAST},
    "matching.tasks.answer": {"queue": "interactive", "priority": FIRST},
    "matching.tasks.*": {"queue": "interactive", "priority": NEXT},
}


@app.on_after_configure.connect
def timetable(sender: Celery, **_: object) -> None:
    """Set once the settings are there: this module is imported while they are being read."""
    sweep = settings.HELICE_SWEEP_SECONDS
    sender.conf.beat_schedule = {
        "send-letters": {"task": "accounts.tasks.send_due_letters", "schedule": sweep},
        "settle-letters": {"task": "accounts.tasks.settle_interrupted", "schedule": sweep},
        "find-jobs": {"task": "accounts.tasks.find_jobs", "schedule": sweep},
        "forget": {"task": "accounts.tasks.forget", "schedule": crontab(minute="17", hour="*/6")},
        "keep-time": {"task": "hubs.tasks.keep_time", "schedule": sweep},
        "find-stale": {"task": "matching.tasks.sweep", "schedule": sweep},
        "allocate": {"task": "matching.tasks.allocate", "schedule": sweep},
        "write-letters": {"task": "matching.tasks.write_letters", "schedule": sweep},
        "learn": {
            "task": "matching.tasks.learn",
            "schedule": crontab(minute="40", hour="8"),
        },  # night in Mexico
        "count-country": {"task": "matching.tasks.count_country", "schedule": crontab(minute="*/20")},
        "heartbeat": {"task": "matching.tasks.heartbeat", "schedule": 10.0},
    }
    # A worker that falls behind finds the last looks waiting for it, not a pile of them that keeps it behind.
    for entry in sender.conf.beat_schedule.values():
        if entry["schedule"] == sweep:
            entry["options"] = {"expires": 2 * sweep}
    sender.conf.beat_schedule_filename = str(settings.HELICE_VAR / "beat-schedule")
