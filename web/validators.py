from django.core.exceptions import ValidationError
from django.core.validators import URLValidator


def validate_web_address(address: str) -> None:
    """Refuse everything but http:// and https:// addresses of at most 500 characters."""
    URLValidator(
        schemes=["http", "https"], message="Enter an address that starts with http:// or https://."
    )(address)
    if len(address) > 500:
        raise ValidationError("Enter at most 500 characters.", code="max_length")
