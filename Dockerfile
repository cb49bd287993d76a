# Patchbay in a container: front end, then wheel, then a small image that runs as nobody in particular.
#
#   docker build -t patchbay .
#   docker run --network host -v patchbay:/var/lib/patchbay patchbay
#
# Voice travels over UDP ports that are chosen per call, hence the host's network; docs/operations.md says more.

FROM node:20-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /build
COPY requirements-build.lock requirements-runtime.lock ./
RUN python -m venv /build/tools \
 && /build/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock
RUN python -m venv /opt/patchbay \
 && /build/tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/patchbay/bin/python \
      --require-hashes -r requirements-runtime.lock
COPY . .
COPY --from=web /build/app/static app/static
RUN /build/tools/bin/uv build --no-cache --no-build-isolation --python /build/tools/bin/python \
      --wheel --out-dir dist \
 && /build/tools/bin/uv pip install --no-cache --compile-bytecode --no-deps --python /opt/patchbay/bin/python dist/patchbay-*.whl

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 patchbay \
 && useradd --system --uid 10001 --gid patchbay --home-dir /var/lib/patchbay --shell /usr/sbin/nologin patchbay \
 && install -d -o patchbay -g patchbay -m 0700 /var/lib/patchbay
COPY --from=wheel /opt/patchbay /opt/patchbay
ENV PATH=/opt/patchbay/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PATCHBAY_DATA_DIR=/var/lib/patchbay
USER patchbay
WORKDIR /var/lib/patchbay
VOLUME /var/lib/patchbay
EXPOSE 8800
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, ssl, urllib.request as r; e = os.environ.get; tls = bool(e('PATCHBAY_TLS_CERT')); r.urlopen(f\"http{'s' * tls}://127.0.0.1:{e('PATCHBAY_PORT', '8800')}/healthz\", timeout=2, context=ssl._create_unverified_context() if tls else None)"]
ENTRYPOINT ["patchbay"]
CMD ["serve"]
