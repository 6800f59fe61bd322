import json
import os

import pytest
from django.core.management import CommandError, call_command

from tests.catalog import empty_the_database
from tests.reviews.test_export_catalog import make_everything
from tools.models import Tool

pytestmark = pytest.mark.django_db


def export(folder):
    call_command("export_catalog", tree=str(folder))
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def tree(tmp_path):
    make_everything()
    export(tmp_path / "tree")
    return tmp_path / "tree"


def edit(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values, indent=2))


def problems(folder, capsys):
    capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("check_catalog", str(folder))
    return capsys.readouterr().out.splitlines()


def test_each_row_has_a_file(tree):
    assert {path.stem for path in (tree / "tools").iterdir()} == set(
        Tool.objects.values_list("slug", flat=True)
    )
    assert json.loads((tree / "reviewers/builder.json").read_text())["name"] == "Builder"
    assert {path.name for path in tree.iterdir()} == {
        "catalog.json", "search_synonyms.json", "categories", "fact_kinds", "reviewers", "tools",
    }  # fmt: skip


def test_the_round_trip_gives_the_same_bytes(tree, tmp_path):
    before = export(tree)
    empty_the_database()

    call_command("import_catalog", str(tree))

    assert export(tmp_path / "again") == before


def test_importing_it_again_changes_nothing(tree, capsys):
    call_command("import_catalog", str(tree))

    assert "Nothing to change" in capsys.readouterr().out


def test_a_file_of_a_row_that_is_gone_is_deleted(tree):
    (tree / "tools/gone.json").write_text("{}")

    assert "tools/gone.json" not in export(tree)


def test_a_file_that_would_not_change_is_left_alone(tree):
    written = {path: path.stat().st_mtime_ns for path in tree.rglob("*.json")}

    export(tree)

    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*.json")} == written


def test_text_is_readable_in_its_file(tree):
    Tool.objects.update(tagline="Schreibt für dich")

    assert "Schreibt für dich".encode() in b"".join(export(tree).values())


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")

    with pytest.raises(CommandError, match="holds other files"):
        call_command("export_catalog", tree=str(tmp_path))


def test_a_right_folder_is_called_right_and_changes_nothing(tree, capsys):
    edit(tree / "tools/ada.json", tagline="New.")

    call_command("check_catalog", str(tree))

    assert capsys.readouterr().out == "The folder can be imported.\n"
    assert not Tool.objects.filter(tagline="New.").exists()


def test_every_error_is_named_at_once_with_file_and_line(tree, capsys):
    edit(tree / "tools/ada.json", entry="gratis", category="nowhere")
    edit(tree / "tools/b.json", slug="c")
    (tree / "tools/broken.json").write_text('{\n  "slug": "broken",\n  "name"\n}\n')
    (tree / "tools/bytes.json").write_bytes(b"\xff")
    ada = (tree / "tools/ada.json").read_text().splitlines()
    entry = ada.index('  "entry": "gratis",') + 1
    category = ada.index('  "category": "nowhere",') + 1

    found = problems(tree, capsys)

    begins = [problem.split(": ")[0] for problem in found]
    assert f"tools/ada.json, line {entry}" in begins
    assert f"tools/ada.json, line {category}" in begins
    assert "tools/b.json, line 2" in begins
    assert "tools/broken.json, line 4" in begins
    assert "tools/bytes.json" in begins
    assert not any("tools[" in problem for problem in found), found


def test_a_wrong_part_of_a_review_is_named_by_its_line(tree, capsys):
    ada = json.loads((tree / "tools/ada.json").read_text())
    ada["reviews"][1]["score"] = 101
    (tree / "tools/ada.json").write_text(json.dumps(ada, indent=2))
    line = (tree / "tools/ada.json").read_text().splitlines().index('      "score": 101,') + 1

    assert f"tools/ada.json, line {line}: reviews[1].score" in " ".join(problems(tree, capsys))


def test_an_import_of_a_folder_with_errors_changes_nothing(tree, capsys):
    edit(tree / "tools/ada.json", tagline="New.")
    (tree / "tools/broken.json").write_text("{")

    with pytest.raises(SystemExit):
        call_command("import_catalog", str(tree))

    assert not Tool.objects.filter(tagline="New.").exists()
    assert "tools/broken.json, line 1: Not JSON" in capsys.readouterr().err


def test_a_new_file_is_a_new_tool(tree):
    row = json.loads((tree / "tools/b.json").read_text())
    new = {key: row[key] for key in row if key not in ("ledger", "old_slugs", "successor")}
    (tree / "tools/newer.json").write_text(
        json.dumps(new | {"slug": "newer", "name": "Newer", "reviews": []})
    )

    call_command("import_catalog", str(tree))

    assert Tool.objects.filter(slug="newer").exists()


def test_no_link_pipe_or_huge_file_is_opened(tree, tmp_path, capsys):
    outside = tmp_path / "outside.json"
    outside.write_text("secret")
    (tree / "tools/link.json").symlink_to(outside)
    os.mkfifo(tree / "tools/pipe.json")
    with (tree / "tools/huge.json").open("wb") as file:
        file.truncate(64_000_001)
    (tree / "categories").rename(tmp_path / "elsewhere")
    (tree / "categories").symlink_to(tmp_path / "elsewhere")

    found = problems(tree, capsys)

    slugs = sorted(path.name for path in (tmp_path / "elsewhere").iterdir())
    assert found == [
        *(f"categories/{name}: it is a symbolic link. Replace it with the file." for name in slugs),
        "tools/huge.json: it has 64,000,001 bytes. At most 64,000,000 are allowed.",
        "tools/link.json: it is a symbolic link. Replace it with the file.",
        "tools/pipe.json: it is not a regular file.",
    ]


def test_an_export_does_not_write_through_a_link(tree, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    (tree / "tools/ada.json").unlink()
    (tree / "tools/ada.json").symlink_to(outside)

    export(tree)

    assert outside.read_text() == "not ours"
    assert not (tree / "tools/ada.json").is_symlink()


def test_a_file_under_a_mistyped_name_is_named(tree, capsys):
    (tree / "tools/ada.json").rename(tree / "tools/ada.JSON")
    (tree / "tools/.gitkeep").touch()

    assert problems(tree, capsys) == [
        "tools/ada.JSON: only files named SLUG.json are read. Rename or remove it."
    ]


def test_a_byte_order_mark_and_other_ends_of_lines_are_read(tree, capsys):
    for path in tree.rglob("*.json"):
        path.write_text(path.read_text(), encoding="utf-8-sig", newline="\r\n")

    call_command("import_catalog", str(tree))

    assert "Nothing to change" in capsys.readouterr().out


def test_a_folder_without_its_head_has_one_problem(tree, capsys):
    (tree / "catalog.json").unlink()

    assert problems(tree, capsys) == ["catalog.json: it cannot be read: No such file or directory."]


def write(path, row):
    path.write_text(json.dumps(row, indent=2))


def line_with(path, text):
    return path.read_text().split(text)[0].count("\n") + 1


def test_what_several_files_say_together_names_a_file_and_a_line(tree, capsys):
    ada = json.loads((tree / "tools/ada.json").read_text())
    write(tree / "tools/twin.json", ada | {"old_slugs": [], "successor": None})
    for slug, successor in [("eve", "flo"), ("flo", "eve")]:
        tool = {"slug": slug, "name": slug, "category": ada["category"], "published_at": None}
        write(tree / f"tools/{slug}.json", tool | {"successor": successor})
    category = tree / f"categories/{ada['category']}.json"
    row = json.loads(category.read_text())
    write(tree / "categories/zzz.json", row | {"slug": "zzz", "old_slugs": []})

    said = problems(tree, capsys)

    for words in [
        f'categories/{category.name}, line 3: the name "{row["name"]}" occurs 2 times. Also in categories/zzz.json.',
        'tools/ada.json, line 2: the slug "ada" occurs 2 times. Also in tools/twin.json.',
        "tools/eve.json, line 6: successor: Successors must not lead back to the tool itself: eve → flo → eve.",
    ]:
        assert words in said, said


def test_an_event_of_several_tools_names_them(tree, capsys):
    path = tree / "tools/ada.json"
    ada = json.loads(path.read_text())
    write(tree / "tools/twin.json", ada | {"slug": "twin", "old_slugs": [], "successor": None})

    said = problems(tree, capsys)

    event = ada["ledger"][0]["event"]
    words = (
        f"the event {event} is used by several tools or at several times. Give each its own UUID."
    )
    assert (
        f"tools/ada.json, line {line_with(path, event)}: {words} Also in tools/twin.json." in said
    )


def test_a_slug_is_not_changed_by_an_import(tree, capsys):
    ada = json.loads((tree / "tools/ada.json").read_text())
    (tree / "tools/ada.json").unlink()
    renamed = {**ada, "slug": "lovelace", "old_slugs": ["ada"]}
    (tree / "tools/lovelace.json").write_text(json.dumps(renamed, indent=2))

    said = problems(tree, capsys)

    line = line_with(tree / "tools/lovelace.json", '"old_slugs"')
    assert (
        f'tools/lovelace.json, line {line}: old_slugs: "ada" is the slug of one of the tools. '
        "Change a slug in the admin: an import matches rows by it."
    ) in said


def test_a_text_that_is_too_long_says_so(tree, capsys):
    edit(tree / "reviewers/builder.json", name="x" * 5000)

    (said,) = problems(tree, capsys)

    assert said.startswith('reviewers/builder.json, line 3: name: "xxx')
    assert said.endswith('xxx" is longer than 60 characters.')
    assert len(said) < 300


def test_another_format_is_named_with_its_file(tree, capsys):
    (tree / "catalog.json").write_text('{"format": "ship-or-skip/catalog/9"}')

    assert problems(tree, capsys) == [
        'catalog.json, line 1: format: "ship-or-skip/catalog/1" was expected.'
    ]


@pytest.mark.parametrize("path", ["tool/ada.json", "Categories2/ada.json", "search_synonym.json"])
def test_json_in_another_place_is_named(tree, capsys, path):
    (tree / path).parent.mkdir(exist_ok=True)
    (tree / path).write_text("{}")
    (tree / "README.md").write_text("How to change the catalogue")
    (tree / ".github").mkdir()
    (tree / ".github/ada.json").write_text("{}")

    assert [each.split(" Only ")[0] for each in problems(tree, capsys)] == [
        f"{path.split('/')[0]}: it is not read."
    ]
