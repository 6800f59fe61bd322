# The image "site" of the web process, the worker and the migrations, each with its own command, and the image
# "nginx" with the static files of the same release.
# The base images are named by tag, so that a build gets their security updates. For the same bytes each time, pin both by
# digest ("python:3.13-slim@sha256:…", as docker buildx imagetools inspect prints it) and renew it with each release.
FROM python:3.13-slim AS site

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 STATIC_ROOT=/app/.staticfiles

# For the pictures of shared links: what other scripts than Latin are drawn with (docs/settings.md, FONTS_DIR).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core \
    && rm -rf /var/lib/apt/lists/*

# pg_dump and pg_restore of the server's version, which Debian itself does not have.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
RUN pip install --require-hashes --only-binary=:all: --requirement requirements.txt

COPY . .
# Static files get names with a hash of their contents, and are compressed, once here. These settings are for
# this step only: the container does not start without its own.
RUN DEBUG=off SECRET_KEY=build-only DATABASE_URL=postgres://build/only ALLOWED_HOSTS=build SITE_URL=https://build MAIL_URL=smtp://build \
    python manage.py collectstatic --noinput

# A new volume for backups or the dump has the owner and mode of its folder.
RUN useradd --system --no-create-home --uid 10001 site \
    && install --directory --owner=site --mode=700 /backups \
    && install --directory --owner=site --mode=755 /data
USER site

EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]

FROM nginx:stable AS nginx

COPY --from=site /app/.staticfiles /usr/share/nginx/static
COPY deploy/nginx /etc/nginx/nginx
COPY deploy/nginx-docker.conf /etc/nginx/nginx.conf
USER nginx
# Not the image's own entry point, which edits files that are read-only here.
ENTRYPOINT ["nginx"]
CMD ["-g", "daemon off;"]

EXPOSE 8080
