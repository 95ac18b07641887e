# One image, two roles: `api` (the default) and `worker`. docker-compose.yml runs both, with a Redis beside them.
# Run it under an init (`init: true`, `docker run --init`): Chromium leaves zombies to whoever is process 1.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/sitereel
# The lock holds the test tools too; as constraints it pins whatever is installed and adds nothing.
ENV PATH=/opt/sitereel/bin:$PATH PIP_CONSTRAINT=/src/requirements.lock PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# First the dependencies, around empty packages: this layer is rebuilt only when one of these two files changes.
COPY pyproject.toml requirements.lock ./
RUN mkdir demo_api actors explorer video && touch README.md LICENSE && pip install . && pip uninstall --yes sitereel
COPY . .
RUN pip install --no-deps . && pip check

FROM python:3.11-slim-bookworm
# The headless shell does all the filming; Debian's full chromium would add 380 MB and use none of it.
# Playwright's driver is a node binary that wants libatomic1. Fonts for all scripts in use are 135 MB, two thirds of
# that Chinese, Japanese and Korean; without, letters are boxes in the film. Pillow joins letters with libfribidi0.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        chromium-headless-shell ffmpeg fontconfig fonts-liberation fonts-noto-cjk fonts-noto-color-emoji \
        fonts-noto-core libatomic1 libfribidi0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --create-home sitereel
COPY --from=build /opt/sitereel /opt/sitereel
# The root file system may be read-only: all that is written goes to /tmp.
ENV PATH=/opt/sitereel/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CHROMIUM_PATH=/usr/bin/chromium-headless-shell
USER sitereel
WORKDIR /tmp
EXPOSE 8000
ENTRYPOINT ["sitereel"]
CMD ["api", "--host", "0.0.0.0"]
