"""The product's settings, with fast stand-ins for what a unit test does not test."""

import os
from pathlib import Path
from tempfile import mkdtemp

os.environ.setdefault("HELICE_VAR", mkdtemp(prefix="helice-tests-"))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # side by side, each with files of its own
    os.environ["HELICE_VAR"] = str(Path(os.environ["HELICE_VAR"]) / worker)
os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("HELICE_DEMO", "1")

from config.settings import *  # noqa: F403

HELICE_ENCODER = os.environ.get("HELICE_ENCODER", "hash")
HELICE_MODELS = Path(__file__).resolve().parent.parent / "var" / "models"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, so that a real worker in its own process can open the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(HELICE_VAR / "tests.sqlite3")}  # noqa: F405
    # No test asks it to survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405
