from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def has_bearer_token(request: HttpRequest, token: str) -> bool:
    """Whether the request has the header "Authorization: Bearer" with `token`. Nobody has an empty one."""
    given = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(given, f"Bearer {token}")
