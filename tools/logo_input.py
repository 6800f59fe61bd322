from typing import Any

from django.forms import ClearableFileInput, FileInput
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class LogoInput(ClearableFileInput):
    """A file field that shows the present logo, by its digest, beside the tick that removes it."""

    def is_initial(self, value: Any) -> bool:
        return isinstance(value, str) and bool(value)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        attrs = self.build_attrs(self.attrs, {"accept": ".png,.webp,.svg"} | (attrs or {}))
        context = {
            "digest": value if self.is_initial(value) else "",
            "checkbox_name": self.clear_checkbox_name(name),
            "input": FileInput().render(name, None, attrs, renderer),
        }
        return render_to_string("admin/logo_input.html", context)
