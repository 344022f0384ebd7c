"""Every setting, read once from the environment and typed.

The table in docs/settings.md explains each variable; a test compares the two. In production
`SECRET_KEY`, `FIELD_KEYS`, `LOOKUP_KEYS`, `DATABASE_URL` and `REDIS_URL` have no default.
"""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What this installation is ---------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")
HTTPS = env.bool("HTTPS", default=BASE_URL.startswith("https://"))
CITY_CODE = env.str("CITY_CODE", default="35.73")
CITY_NAME = env.str("CITY_NAME", default="Kota Malang")

MAP_TILES_URL = env.str("MAP_TILES_URL", default="")
MAP_TILES_ATTRIBUTION = env.str("MAP_TILES_ATTRIBUTION", default="")

# --- The rules a city may set ----------------------------------------------------------------

RECORDING_WINDOW_DAYS = env.int("RECORDING_WINDOW_DAYS", default=31)
CORRECTION_MONTHS = env.int("CORRECTION_MONTHS", default=12)
CLOSING_DAY = env.int("CLOSING_DAY", default=3)
SMALLEST_GROUP = env.int("SMALLEST_GROUP", default=5)
SMALLEST_SHOPS = env.int("SMALLEST_SHOPS", default=3)
DOMINANCE_PERCENT = env.int("DOMINANCE_PERCENT", default=10)
BAND_LOW = env.int("BAND_LOW", default=300_000)
BAND_HIGH = env.int("BAND_HIGH", default=500_000)
LETTERS_QUIET_FROM = env.int("LETTERS_QUIET_FROM", default=20)
LETTERS_QUIET_UNTIL = env.int("LETTERS_QUIET_UNTIL", default=7)
IDEMPOTENCY_DAYS = env.int("IDEMPOTENCY_DAYS", default=30)
OUTBOX_DAYS = max(90, env.int("OUTBOX_DAYS", default=90))
REPEAT_WARNING_DAYS = env.int("REPEAT_WARNING_DAYS", default=14)
VIDEO_MEGABYTES = env.int("VIDEO_MEGABYTES", default=100)
SEARCH_MISS_DAYS = env.int("SEARCH_MISS_DAYS", default=180)
FORMER_ASN_DAYS = env.int("FORMER_ASN_DAYS", default=365)
RECEIPT_DAYS = env.int("RECEIPT_DAYS", default=180)
RECEIPT_REMOVABLE_DAYS = env.int("RECEIPT_REMOVABLE_DAYS", default=30)
CLIENT_LIFETIME = timedelta(days=env.int("CLIENT_DAYS", default=365))
TOKEN_LIFETIME = timedelta(days=env.int("TOKEN_DAYS", default=30))
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEMO)

# --- Secrets: first key writes, all keys read ------------------------------------------------

FIELD_KEYS: list[str] = env.list("FIELD_KEYS")
LOOKUP_KEYS: list[str] = env.list("LOOKUP_KEYS")

# --- Applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "promotions",
    "cms",
    "marketplace",
    "social",
    "accounts.apps.AccountsConfig",
    "core",
    "demo",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "core.request_id.RequestIdMiddleware",
    "core.problems.ApiProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.locale.ReaderLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.installation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL --------------------------------------------------------------------------------

STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=5_000)
LOCK_TIMEOUT_MS = env.int("LOCK_TIMEOUT_MS", default=2_000)
CATALOGUE_TIMEOUT_MS = env.int("CATALOGUE_TIMEOUT_MS", default=1_000)
# Workers and commands may reckon for long between two statements: config/wsgi.py allows less.
IDLE_TIMEOUT_MS = env.int("IDLE_TIMEOUT_MS", default=30_000)
TRANSACTION_TIMEOUT_MS = env.int("TRANSACTION_TIMEOUT_MS", default=0)  # set by core/connections.py

DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", conn_max_age=600, conn_health_checks=True),
        "OPTIONS": {
            "application_name": env.str("APPLICATION_NAME", default="asn-belanja-umkm"),
            "options": (
                f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
                f" -c lock_timeout={LOCK_TIMEOUT_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_TIMEOUT_MS}"
                # All that is asked often lies in memory, or on a disk that seeks for nothing.
                " -c random_page_cost=1.1"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis or Valkey: the cache and Celery's broker ---------------------------------------------

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "abu",
    }
}

CATALOGUE_CACHE_SECONDS = min(2, env.int("CATALOGUE_CACHE_SECONDS", default=1))

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Language and calendar ----------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("id", "Bahasa Indonesia")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "bahasa"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Jakarta")
USE_THOUSAND_SEPARATOR = True

# --- Who signs in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
USER_READ_WITH = ["asn"]
"""One-to-one rows that a token's user is read with: nearly every such request is an ASN's."""
ROLES = "config.roles.ROLES"
SHORTEST_PASSWORD = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "marketplace:participation"
# where somebody with this right works: they begin there
WORKPLACES = {
    "wagtailadmin.access_admin": "wagtailadmin_home",
    "marketplace.view_mark": "marketplace:audit-marks",
    "accounts.own_apiclient": "accounts:clients",
}
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3_600
AUTHENTICATION_BACKENDS = ["accounts.backends.SignInBackend"]
ROLES_WITHOUT_SECOND_FACTOR = ["asn", "umkm_owner", "integrator"]  # every other needs one

# allauth carries a sign-in over its steps; nobody signs up, and core/throttling.py counts.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_RATE_LIMITS = False

# The city's own OpenID Connect, if it has one: a Keycloak for example.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="SSO ASN")
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
OIDC_NIP_CLAIM = env.str("OIDC_NIP_CLAIM", default="nip")
OIDC_EMAIL_CLAIM = env.str("OIDC_EMAIL_CLAIM", default="email")
OIDC_PROVIDER_ID = f"oidc-{sha256(OIDC_ISSUER.encode()).hexdigest()[:12]}"  # `sub` is the issuer's
SOCIALACCOUNT_ADAPTER = "marketplace.sso.SocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form's policy would have to know every host on the way
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_PROVIDER_ID,
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER.rstrip("/"), "scope": OIDC_SCOPES},
            }
        ],
    }
}

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute wrong
MFA_TOTP_ISSUER = f"ASN Belanja UMKM {CITY_NAME}"

# --- Security ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes speak to the process, not through the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sesi" if HTTPS else "sesi"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3_600
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # not DENY: Wagtail previews a page in a frame of ours
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a form of Wagtail's admin has many

# --- Files ---------------------------------------------------------------------------------------

STATE_DIR = env.path("STATE_DIR", default=BASE_DIR / "var")
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=STATE_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=STATE_DIR / "media")

# Receipts: apart from MEDIA_ROOT, which a web server serves. No address leads to them.
RECEIPT_MEGABYTES = env.int("RECEIPT_MEGABYTES", default=10)
RECEIPT_MEGAPIXELS = env.int("RECEIPT_MEGAPIXELS", default=50)
RECEIPT_LONGEST_SIDE = env.int("RECEIPT_LONGEST_SIDE", default=1_600)
RECEIPT_LINK_MINUTES = env.int("RECEIPT_LINK_MINUTES", default=5)
CONSENT_TEXTS = env.path("CONSENT_TEXTS", default=BASE_DIR / "marketplace" / "consent_versions")
RECOGNITION_TEXTS = env.path(
    "RECOGNITION_TEXTS", default=BASE_DIR / "marketplace" / "recognition_versions"
)
RECEIPT_ROOT = env.path("RECEIPT_ROOT", default=STATE_DIR / "receipts")
RECEIPT_BUCKET = env.str("RECEIPT_BUCKET", default="")
RECEIPTS_ON_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": RECEIPT_ROOT,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
RECEIPTS_IN_BUCKET = {
    "BACKEND": "storages.backends.s3.S3Storage",  # the extra "s3"
    "OPTIONS": {
        "bucket_name": RECEIPT_BUCKET,
        "endpoint_url": env.str("RECEIPT_BUCKET_ENDPOINT", default="") or None,
        "region_name": env.str("RECEIPT_BUCKET_REGION", default="") or None,
        "access_key": env.str("RECEIPT_BUCKET_ACCESS_KEY", default="") or None,
        "secret_key": env.str("RECEIPT_BUCKET_SECRET_KEY", default="") or None,
        "location": "receipts",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
    },
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "receipts": RECEIPTS_IN_BUCKET if RECEIPT_BUCKET else RECEIPTS_ON_DISK,
}

# --- Calls to other systems ---------------------------------------------------------------------

OUTBOUND_TRUSTED_HOSTS: list[str] = env.list("OUTBOUND_TRUSTED_HOSTS", default=[])
NOTICE_TELEGRAM_TOKEN = env.str("NOTICE_TELEGRAM_TOKEN", default="")
NOTICE_TELEGRAM_CHAT = env.str("NOTICE_TELEGRAM_CHAT", default="")
NOTICE_WEBHOOK_URL = env.str("NOTICE_WEBHOOK_URL", default="")
NOTICE_WEBHOOK_SECRET = env.str("NOTICE_WEBHOOK_SECRET", default="")
APPROVAL_REMINDER_HOURS = env.int("APPROVAL_REMINDER_HOURS", default=4)
WINDOW_CLOSING_HOURS = env.int("WINDOW_CLOSING_HOURS", default=3)
WEBHOOK_DAYS = env.int("WEBHOOK_DAYS", default=5)
TELEGRAM_URL = env.str("TELEGRAM_URL", default="https://api.telegram.org")
# The city's own app at X, for connecting an account by signing in; without one, by hand.
X_CLIENT_ID = env.str("X_CLIENT_ID", default="")
X_CLIENT_SECRET = env.str("X_CLIENT_SECRET", default="")
X_SIGN_IN_URL = env.str("X_SIGN_IN_URL", default="https://x.com/i/oauth2/authorize")
META_SIGN_IN_URL = env.str("META_SIGN_IN_URL", default="https://www.facebook.com")
X_API_URL = env.str("X_API_URL", default="https://api.x.com")
GRAPH_API_URL = env.str("GRAPH_API_URL", default="https://graph.facebook.com")
GRAPH_API_VERSION = env.str("GRAPH_API_VERSION", default="v26.0")
# Meta prints no limit on how often a page posts (pages-api/posts, v26.0): 0 is none of ours.
FACEBOOK_POSTS_PER_DAY = env.int("FACEBOOK_POSTS_PER_DAY", default=0)
# The city's own app at Meta, for signing in and for what its tokens can do; without one, by hand.
META_APP_ID = env.str("META_APP_ID", default="")
META_APP_SECRET = env.str("META_APP_SECRET", default="")
BLUESKY_URL = env.str("BLUESKY_URL", default="https://bsky.social")

# --- Mail ----------------------------------------------------------------------------------------

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", default="console:")
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=EMAIL_CONFIG["EMAIL_BACKEND"])
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL_CONFIG["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = str(STATE_DIR / "mailbox")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="belanja@localhost")
OPERATOR_EMAILS: list[str] = env.list("OPERATOR_EMAILS", default=[])

# --- The API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.ClientAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter like any that is not known
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.SignedCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "core.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": [
        "core.throttling.AnonymousThrottle",
        "core.throttling.UserThrottle",
        "core.throttling.ClientThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anonymous": env.str("THROTTLE_ANONYMOUS", default="240/min"),
        "user": env.str("THROTTLE_USER", default="240/min"),
        "sign-in": env.str("THROTTLE_SIGN_IN", default="10/min"),
        "sign-in-address": env.str("THROTTLE_SIGN_IN_ADDRESS", default="60/min"),
        "second-factor": env.str("THROTTLE_SECOND_FACTOR", default="20/hour"),
        "activation": env.str("THROTTLE_ACTIVATION", default="10/hour"),
        "taking-along": env.str("THROTTLE_TAKING_ALONG", default="10/hour"),
        "report": env.str("THROTTLE_REPORT", default="30/hour"),
        "search-count": env.str("THROTTLE_SEARCH_COUNT", default="30/hour"),
    },
    "EXCEPTION_HANDLER": "core.problems.exception_handler",
    "PAGE_SIZE": 20,
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
ALLAUTH_TRUSTED_PROXY_COUNT = REST_FRAMEWORK["NUM_PROXIES"]

API_V3_PREVIEW = env.bool("API_V3_PREVIEW", default=False)
if API_V3_PREVIEW:
    INSTALLED_APPS.append("wagtail.api.v3")

HEADLESS_PREVIEW_URL = env.str("HEADLESS_PREVIEW_URL", default="")

SPECTACULAR_SETTINGS = {
    "TITLE": "ASN Belanja UMKM",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["core.schema.keep_own_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.schema.refuse_null_characters",
        "core.schema.describe_problems",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LetterEvery": "marketplace.models.letters.LetterChoice.Every",
        "PostState": "social.models.posts.State",
        "Weekday": "cms.models.umkm_details.Weekday",
    },
}

# --- Wagtail -------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "ASN Belanja UMKM"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False  # there is one way to a new password: /sandi/lupa/,
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # which ends every token, too
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_IMAGE_MODEL = "cms.Photo"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.photo_forms.PhotoForm"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILAPI_DOCS_ENABLED = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# --- Logs: JSON on standard error, with a request id and without personal data ------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonFormatter"}},
    "filters": {"private": {"()": "core.logs.PrivacyFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["private"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django_tasks": {"level": "WARNING"},  # four lines a save otherwise
        "fontTools": {"level": "WARNING"},  # forty lines a PDF otherwise
        "wagtail": {"level": "WARNING"},  # titles may be names; its history is in the database
        "httpx": {"level": "WARNING"},  # it would log whole addresses, with what is asked in them
    },
}
