"""Dumps for tests, what is in them, and forgeries."""

import gzip
import hashlib
import json
import shutil

from dump.files import canonical, csv_cell, csv_line


def content(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def rows_of(folder, table):
    return [json.loads(line) for line in content(folder / f"{table}.jsonl.gz").splitlines()]


def copied(folder, to):
    return shutil.copytree(folder, to, dirs_exist_ok=True)


def change_byte(path, line_number, offset):
    """Change one byte of a line of a packed file; return the line as it is now."""
    lines = content(path).splitlines(keepends=True)
    line = bytearray(lines[line_number])
    line[offset] = ord("7") if line[offset] != ord("7") else ord("8")
    lines[line_number] = bytes(line)
    path.write_bytes(gzip.compress(b"".join(lines), mtime=0))
    return lines[line_number]


def forge(folder, table, edit):
    """Change the rows of a table by `edit`, and every hash with them, as somebody would who wants not to be found."""
    rows = [{name: row[name] for name in row if name != "sha256"} for row in rows_of(folder, table)]
    edit(rows)
    columns = list(json.loads((folder / f"{table}.schema.json").read_bytes())["properties"])[:-1]
    lines, records = [], [csv_line([*columns, "sha256"])]
    for row in rows:
        digest = hashlib.sha256(canonical(row)).hexdigest()
        lines.append(canonical(row)[:-1] + f',"sha256":"{digest}"}}\n'.encode())
        records.append(csv_line([*(csv_cell(row[name]) for name in columns), digest]))
    (folder / f"{table}.jsonl.gz").write_bytes(gzip.compress(b"".join(lines), mtime=0))
    (folder / f"{table}.csv.gz").write_bytes(gzip.compress(b"".join(records), mtime=0))
    _hash_again(folder, {f"{table}.jsonl.gz", f"{table}.csv.gz"}, len(rows))


def _hash_again(folder, names, count):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for file in manifest["files"]:
        data = (folder / file["name"]).read_bytes()
        file |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        if file["name"] in names:
            file["rows"] = count
    (folder / "manifest.json").write_text(json.dumps(manifest))
    sums = {file["name"]: file["sha256"] for file in manifest["files"]}
    sums["manifest.json"] = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text("".join(f"{sums[name]}  {name}\n" for name in sums))
