from portal.celery import app as celery_app
