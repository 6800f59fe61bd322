from django.http import HttpResponsePermanentRedirect


def moved(request, row):
    """Lead an old address of `row` to its present one for good, with whatever was asked of it."""
    query = request.META["QUERY_STRING"]
    address = row.get_absolute_url()
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
