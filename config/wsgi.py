"""The web process."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
reverse("hubs:home")  # reads all views before the first reader comes

# What is loaded now stays: the collector need not look through it again and again, each time for as long as
# a page takes. A page makes some ten thousand objects, nearly all of them gone without it.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
