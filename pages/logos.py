from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from tools.logo_image import LogoImage
from web.response_headers import cross_origin_resource


@cross_origin_resource
@require_safe
def logo(request: HttpRequest, digest: str, size: int) -> HttpResponse:
    """Serve an image that never changes: its name is the digest of its content."""
    image = get_object_or_404(LogoImage, digest=digest, size=size)
    return HttpResponse(
        bytes(image.content),
        content_type="image/webp",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Accel-Expires": "3600",  # for our own nginx (deploy/nginx/proxy.conf)
        },
    )
