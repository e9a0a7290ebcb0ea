# syntax=docker/dockerfile:1
# Two images from one file: `serve` answers searches (no torch inside), `work` ingests.
#   docker build --target serve -t cordee:serve .
#   docker build --target work  -t cordee:work .
# torch's default build for Linux carries CUDA; point pip at an index with CPU builds through
#   --build-arg PIP_EXTRA_INDEX_URL=...
FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    CORDEE_DATA_DIR=/data CORDEE_LOG__JSON=true CORDEE_SERVER__HOST=0.0.0.0
RUN useradd --system --uid 10001 --create-home --home-dir /home/cordee cordee \
 && mkdir /data && chown cordee: /data

FROM base AS build
ARG PIP_EXTRA_INDEX_URL=""
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY schemas schemas
COPY indexer indexer
COPY pipelines pipelines
COPY api api
COPY cli cli
COPY fixtures/__init__.py fixtures/__init__.py
RUN python -m venv /opt/cordee \
 && /opt/cordee/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM build AS build-work
RUN /opt/cordee/bin/pip install --no-cache-dir --constraint constraints.txt '.[ingest]'

FROM base AS work
# Reads scanned pages and slides, in French.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-fra \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build-work /opt/cordee /opt/cordee
ENV PATH=/opt/cordee/bin:$PATH HF_HUB_OFFLINE=1
USER cordee
VOLUME /data
# The worker beats in the catalog every few seconds; `cordee status --worker` fails when it stops.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["cordee", "status", "--worker"]
ENTRYPOINT ["cordee"]
CMD ["work"]

FROM base AS serve
COPY --from=build /opt/cordee /opt/cordee
ENV PATH=/opt/cordee/bin:$PATH
USER cordee
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["cordee"]
CMD ["serve"]
