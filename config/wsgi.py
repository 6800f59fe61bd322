import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from web.wsgi import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    django.setup(set_prefix=False)
except (ImproperlyConfigured, EnvError) as error:
    sys.stderr.write(f"config.wsgi: {error}\n")
    sys.exit(3)  # gunicorn gives up at this exit code, and starts other workers again and again

application = Handler()
