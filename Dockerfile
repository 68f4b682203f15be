FROM python:3.11-slim-bookworm

ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/srv/portal/var
WORKDIR /srv/portal

COPY requirements.txt .
RUN pip install --no-cache-dir --root-user-action=ignore --require-hashes --requirement requirements.txt

COPY . .
# Static files are part of the image; the values only let the settings load, nothing connects.
RUN SECRET_KEY=unused DATABASE_URL=postgres://unused@127.0.0.1/unused REDIS_URL=redis://127.0.0.1/0 \
    python manage.py collectstatic --noinput \
 && useradd --system --uid 10001 --home-dir /srv/portal portal \
 && mkdir -p var/files && chown -R portal:portal var
USER portal

EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
