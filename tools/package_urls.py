"""Package URLs (ECMA-427) in the form in which they are stored and compared: "pkg:pypi/langchain"."""

from packageurl import PackageURL
from packaging.utils import canonicalize_name

LONGEST = 300  # characters, of the text of a fact


def package_url(ecosystem: str, name: str, namespace: str | None = None) -> str:
    """Return the package URL of a package in any version. Raises ValueError.

    PyPI's names are normalised as PEP 503 says, and npm's scopes are in lower case: packageurl does
    only a part of that.
    """
    if ecosystem == "pypi":
        name = canonicalize_name(name)
    if ecosystem == "npm" and namespace:
        namespace = namespace.lower()
    return PackageURL(type=ecosystem, namespace=namespace, name=name).to_string()


def normalised(url: str) -> str:
    """Return `url` without version, qualifiers and subpath, as `package_url` writes it. Raises ValueError."""
    given = PackageURL.from_string(url)
    return package_url(given.type, given.name, given.namespace)


def read_package_urls(text: str) -> str:
    """Return the package URLs in `text`, normalised, each once, with a space between. Raises ValueError.

    They may be separated by spaces, commas or lines.
    """
    urls = " ".join(dict.fromkeys(_checked(url) for url in text.replace(",", " ").split()))
    if len(urls) > LONGEST:
        raise ValueError(
            f"The package URLs have {len(urls)} characters. At most {LONGEST} are allowed."
        )
    return urls


def _checked(url: str) -> str:
    try:
        return normalised(url)
    except ValueError as error:
        raise ValueError(
            f"“{url}” is not a package URL. Enter one like pkg:pypi/langchain or pkg:npm/langchain; "
            "separate several with spaces."
        ) from error
