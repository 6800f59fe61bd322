from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from config.metrics.installation import Installation
from config.metrics.processes import read_processes
from web.bearer_token import has_bearer_token


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Print the metrics for Prometheus. 404 for everybody without METRICS_TOKEN."""
    if not has_bearer_token(request, settings.METRICS_TOKEN):
        return HttpResponse("404 Not Found\n", status=404, content_type="text/plain")
    installation = CollectorRegistry()
    installation.register(Installation())
    return HttpResponse(
        read_processes() + generate_latest(installation), content_type=CONTENT_TYPE_PLAIN_0_0_4
    )
