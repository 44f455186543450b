# One image for every process: `loket bot`, `loket mail`, `loket worker`, `loket migrate`.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 loket

WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock
COPY core core
COPY bot bot
COPY mailbridge mailbridge
COPY loket loket
COPY sandbox sandbox
COPY migrations migrations
COPY locales locales
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --editable .

RUN install -d -o loket -g loket /data
USER loket
ENV LOKET_DATA=/data LOKET_LOG__FORMAT=json LOKET_HTTP__HOST=0.0.0.0 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["loket"]
CMD ["run"]
