from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from tests.admin_client import make_staff, page_fields, page_of, sign_in
from tests.factories import make_tool
from tests.tools.logo_files import png, svg
from tools.logo_image import LogoImage
from tools.logos import encode_logo, store_logo

pytestmark = pytest.mark.django_db


def upload(client, tool, content, **fields):
    file = SimpleUploadedFile("logo.png", content)
    return client.post(page_of(tool), page_fields(client, tool) | {"logo_file": file} | fields)


@pytest.fixture
def tool():
    return make_tool(slug="tool")


def logo_of(tool):
    tool.refresh_from_db()
    return tool.logo


def test_an_uploaded_logo_is_stored_and_grows_the_version_of_the_tool(editor, tool):
    version = type(tool).objects.get(pk=tool.pk).version

    assert upload(editor, tool, png()).status_code == 302

    assert logo_of(tool) == encode_logo(png()).digest
    assert tool.version > version
    assert LogoImage.objects.filter(digest=tool.logo).count() == 2
    assert f"/logos/{tool.logo}-96.webp" in editor.get(page_of(tool)).text


def test_a_logo_and_another_field_are_saved_together(editor, tool):
    upload(editor, tool, png(), tagline="Does two things.")

    assert (logo_of(tool), tool.tagline) == (encode_logo(png()).digest, "Does two things.")


def test_a_refused_file_is_named_and_nothing_is_saved(editor, tool):
    answer = upload(editor, tool, svg("<script/>"), tagline="Does two things.")

    assert "The SVG contains &lt;script&gt;, which is not allowed." in answer.text
    assert (logo_of(tool), tool.tagline) == ("", "Does one thing.")
    assert not LogoImage.objects.exists()


def test_saving_without_a_file_keeps_the_logo_and_a_tick_removes_it(editor, tool):
    upload(editor, tool, png())
    digest = logo_of(tool)

    editor.post(page_of(tool), page_fields(editor, tool) | {"tagline": "Another."})
    assert logo_of(tool) == digest

    editor.post(page_of(tool), page_fields(editor, tool) | {"logo_file-clear": "on"})
    assert logo_of(tool) == ""


def test_staff_who_may_only_view_see_no_upload(tool):
    user = make_staff()
    user.user_permissions.add(Permission.objects.get(codename="view_tool"))

    page = sign_in(user).get(page_of(tool))

    assert page.status_code == 200
    assert "logo_file" not in page.text


def test_an_export_holds_the_logo_and_an_import_brings_it_back(tool, tmp_path):
    logo = encode_logo(png())
    store_logo(logo)
    type(tool).objects.filter(pk=tool.pk).update(logo=logo.digest)
    exported = StringIO()
    call_command("export_catalog", stdout=exported)
    file = tmp_path / "catalog.json"
    file.write_text(exported.getvalue())
    type(tool).objects.filter(pk=tool.pk).update(logo="")
    LogoImage.objects.all().delete()

    call_command("import_catalog", str(file), stdout=StringIO())
    again = StringIO()
    call_command("import_catalog", str(file), stdout=again)

    assert logo_of(tool) == logo.digest
    assert bytes(LogoImage.objects.get(digest=logo.digest, size=192).content) == logo.images[192]
    assert "Nothing to change" in again.getvalue()


def test_an_import_names_the_tool_whose_logo_is_refused(tool, tmp_path):
    exported = StringIO()
    call_command("export_catalog", stdout=exported)
    file = tmp_path / "catalog.json"
    file.write_text(exported.getvalue().replace('"sample":', '"logo": "aGVsbG8=",\n"sample":'))
    errors = StringIO()

    with pytest.raises(SystemExit):
        call_command("import_catalog", str(file), stderr=errors)

    assert 'tools "tool": logo: Upload a PNG, WebP or SVG file.' in errors.getvalue()
