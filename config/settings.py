"""Every setting, from the environment; `.env.example` lists each variable with its default."""

import secrets
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
HELICE_VAR = Path(env.str("HELICE_VAR", default=str(BASE_DIR / "var")))
HELICE_VAR.mkdir(parents=True, exist_ok=True)
env.read_env(HELICE_VAR / "demo.env")  # there while `make demo` runs, so that manage.py beside it fits


def kept_secret(path: Path) -> str:
    """A secret of this installation's own, made at the first start where none is given."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


# --- What this installation is ------------------------------------------------
HELICE_DEMO = env.bool("HELICE_DEMO", default=False)
HELICE_INDEXED = env.bool("HELICE_INDEXED", default=not HELICE_DEMO)  # whether search engines may read it
HELICE_NAME = env.str("HELICE_NAME", default="Hélice")
HELICE_COUNTRY = env.str("HELICE_COUNTRY", default="MX")
# Roles of country packs' themes; what is not set is the pack's. accounts/brand.py checks them at start.
HELICE_COLOURS = {
    role: colour
    for role in ("primary", "accent", "dark", "decoration")
    if (colour := env.str(f"HELICE_COLOUR_{role.upper()}", default="").lower())
}
HELICE_LOGO = env.str("HELICE_LOGO", default="")  # path of an SVG or PNG; else the name, in letters
HELICE_OPERATOR = env.str("HELICE_OPERATOR", default="Hélice")
HELICE_CONTACT = env.str("HELICE_CONTACT", default="contacto@example.org")
PRIVACY_REGIME = env.str("PRIVACY_REGIME", default="private")  # or "public": which law the notice names
HELICE_URL = env.str("HELICE_URL", default="http://localhost:8000")  # letters link to it

# --- Security -------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(HELICE_VAR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=HELICE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "img-src": ["'self'", "data:"],
    }
}
CSRF_FAILURE_VIEW = "accounts.kept.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a profile with hundreds of publications has eight fields for each

# --- Apps -------------------------------------------------------------------------
INSTALLED_APPS = [
    "matching",
    "hubs",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton.apps.SimpleAppConfig",  # the loaders are named below, in their order
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that lengths betray no secret (BREACH)
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.time_zone",
    "accounts.middleware.ask_once",
    "accounts.middleware.keep_refused_posts",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.robots.keep_out",
]
X_FRAME_OPTIONS = "SAMEORIGIN"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["django_cotton.templatetags.cotton"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
                "hubs.context.reader",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -----------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{HELICE_VAR / 'helice.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE and WAL: web, workers and timetable write side by side without "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # pgvector's column type is an extension's: plain psycopg server-side parameters suffice for it.

# --- Broker, cache, worker -------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)  # one that writes nothing to disk, if the broker's does
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "accounts.caches.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
        "KEY_PREFIX": "helice",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
# A web process that finds the broker away must say so at once, and leave the work to the sweep.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "visibility_timeout": 900,
    "queue_order_strategy": "priority",
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
HELICE_SWEEP_SECONDS = env.float("HELICE_SWEEP_SECONDS", default=30)
HELICE_SENDING_TIMEOUT = env.float("HELICE_SENDING_TIMEOUT", default=300)  # seconds a letter may be "sending"

# --- Matching ----------------------------------------------------------------------------
HELICE_ENCODER = env.str("HELICE_ENCODER", default="default")
HELICE_MODELS = Path(env.str("HELICE_MODELS", default=str(HELICE_VAR / "models")))
HELICE_CLAIM_SECONDS = env.float(
    "HELICE_CLAIM_SECONDS", default=120
)  # after which a lost worker's work is taken up
HELICE_LEARNING = env.bool("HELICE_LEARNING", default=True)  # 0: what people answer teaches nothing
HELICE_FACTS = env.list("HELICE_FACTS", default=["all"])  # which facts count beside words: ranking/facts.py
# How vectors are searched: "mapped", one copy in files shared by the workers; or "pgvector", in PostgreSQL.
HELICE_INDEX = env.str("HELICE_INDEX", default="mapped")
HELICE_HNSW = env.bool("HELICE_HNSW", default=False)  # pgvector: by its graph (manage.py index_vectors)
HELICE_WARM = env.bool("HELICE_WARM", default=False)  # this worker loads the encoder as it starts

# --- Answer before account: texts of people who have not signed up, in the cache alone ---------
TRY_MINUTES = env.float("TRY_MINUTES", default=60)  # that such a text and its answer are kept
TRY_RATE = env.str("TRY_RATE", default="30/hour")  # from one address
TRY_RATE_ALL = env.str("TRY_RATE_ALL", default="60/min")  # from all of them together

# --- People ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # a password is a choice: a code by mail does
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
USERSESSIONS_TRACK_ACTIVITY = False

# --- Letters -----------------------------------------------------------------------------------
_email = env.email("EMAIL_URL", default="smtp://localhost:25")
if _email["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    _email["EMAIL_BACKEND"] = "accounts.smtp.EmailBackend"  # it knows whether a lost letter may have arrived
vars().update(_email)
EMAIL_TIMEOUT = 20
if HELICE_DEMO and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
HELICE_MAILBOX = HELICE_VAR / "mailbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{HELICE_NAME} <helice@example.org>")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="example.org")  # of Message-ID
# Bounces and complaints: the provider, as django-anymail names it ("postmark"), posts them to
# /hooks/mail/<provider>/ with this "user:password"; further keys of anymail's as ANYMAIL_<NAME>.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("MAIL_EVENTS_SECRET", default=""),
    **{
        name.removeprefix("ANYMAIL_"): value
        for name, value in env.ENVIRON.items()
        if name.startswith("ANYMAIL_")
    },
}

# --- Languages and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/Mexico_City")

# --- Static files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HELICE_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.Storage"},
}

# --- API ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.Parser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.CreatedCursor",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min"},
    "EXCEPTION_HANDLER": "config.api.exception_handler",
    # Whose address is throttled: without a proxy of ours, nobody may choose it by a header.
    "NUM_PROXIES": 1 if env.bool("BEHIND_TLS_PROXY", default=False) else 0,
    "PAGE_SIZE": 25,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hélice API",
    "DESCRIPTION": "Challenges, profiles, organisations, hubs and one's own matches.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "OrganisationKind": "accounts.models.Organisation.Kind",
        "ProfileKind": "accounts.models.Profile.Kind",
        "EvidenceKind": "accounts.models.ProfileItem.EvidenceKind",
        "HubKind": "hubs.models.Hub.Kind",
        "ChallengeStatus": "hubs.models.Status",
        "IntroductionState": "hubs.models.Introduction.State",
        "Phase": ["open", "upcoming", "closed"],
        "Language": "accounts.models.Language",
    },
}

# --- Logs -----------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
