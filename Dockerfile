# One image for every process of docker-compose.yml. The same pins and the same setup as on a plain machine.
#
# A CPU build of torch instead of the CUDA one: pass the index or folder that has it, as pip's own settings, e.g.
#   docker compose build --build-arg PIP_EXTRA_INDEX_URL=…

FROM python:3.11-slim-bookworm AS build
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
WORKDIR /app
COPY requirements.txt requirements-dev.txt requirements-nodeps.txt constraints.txt pyproject.toml README.md ./
COPY scripts scripts
COPY infra/__init__.py infra/__init__.py
COPY infra/stack/__init__.py infra/stack/system.py infra/stack/
RUN python -m scripts.setup

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libegl1 libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /home/assent assent \
    && install -d -o assent -g assent -m 0700 /state
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 ASSENT_STATE_DIR=/state ASSENT_HEALTH_PORT=9000
USER assent
VOLUME /state
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ASSENT_HEALTH_PORT'] + '/readyz', timeout=3)"]
ENTRYPOINT ["python", "-m", "infra.stack"]
CMD ["become", "gateway"]
