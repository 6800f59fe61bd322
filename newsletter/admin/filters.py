from django.contrib import admin

from web.row_ids import parse_row_id


class IssueFilter(admin.SimpleListFilter):
    """One issue, as the links of the list and of its page name it. Asks the database nothing."""

    title = parameter_name = "issue"

    def lookups(self, request, model_admin):
        asked = request.GET.get(self.parameter_name)
        return [(asked, f"The issue {asked}")] if asked else []

    def queryset(self, request, deliveries):
        if not self.value():
            return deliveries
        return deliveries.filter(issue=parse_row_id(self.value() or ""))


class CodeFilter(admin.SimpleListFilter):
    """What the mail server answered last: a kind of code, or one code as the links of the list name it."""

    title = "mail server's answer"
    parameter_name = "code"
    KINDS = {
        "2": ("Accepted (2xx)", (200, 299)),
        "4": ("Not now (4xx)", (400, 499)),
        "5": ("Never (5xx)", (500, 599)),
        "none": ("None", None),
    }

    def lookups(self, request, model_admin):
        found = [(kind, words) for kind, (words, _) in self.KINDS.items()]
        asked = request.GET.get(self.parameter_name)
        if asked and asked not in self.KINDS:
            found.append((asked, asked))
        return found

    def queryset(self, request, deliveries):
        value = self.value()
        if not value:
            return deliveries
        if value in self.KINDS:
            _, codes = self.KINDS[value]
            return deliveries.filter(code__range=codes) if codes else deliveries.filter(code=None)
        is_code = value.isdecimal() and len(value) == 3
        return deliveries.filter(code=value) if is_code else deliveries.none()
