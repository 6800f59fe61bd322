import os

from django.core.wsgi import get_wsgi_application

from web.content_type import refuse_unreadable_content_types

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = refuse_unreadable_content_types(get_wsgi_application())
