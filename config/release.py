import hashlib

# What pages are made of; a change of any of it makes every kept page a new one.
KINDS = {".py", ".html", ".css", ".js"}
FOLDERS = [
    "accounts",
    "bookmarks",
    "config",
    "pages",
    "reviews",
    "static",
    "templates",
    "tools",
    "votes",
    "web",
]


def fingerprint(base_dir, *printed):
    """Stands for the code below `base_dir` and for the settings' values that pages print, in 12 letters.

    It looks at names, sizes and times of files only: a process must start quickly.
    """
    digest = hashlib.sha256(repr(printed).encode())
    for folder in FOLDERS:
        for path in sorted((base_dir / folder).rglob("*")):
            if path.suffix in KINDS:
                stat = path.stat()
                digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]
