"""Lists end after a number of pages, and say so."""

from django.template.loader import render_to_string

from web.paging import MOST_PAGES, paged_to_most


def test_a_long_list_ends_after_the_last_page_and_says_so():
    rows = list(range(1000))

    page = paged_to_most(rows, "999", per_page=10, total=1000)

    assert page.page.number == MOST_PAGES
    assert list(page) == rows[190:200]
    assert (page.total, page.shown, page.is_cut) == (1000, 200, True)
    html = render_to_string("components/pagination.html", {"rows": page})
    assert "This list ends here, after its first 200 entries." in html


def test_a_list_that_fits_is_whole_on_its_last_page():
    page = paged_to_most(list(range(25)), "3", per_page=10, total=25)

    assert (list(page), page.is_cut) == ([20, 21, 22, 23, 24], False)
    assert "ends here" not in render_to_string("components/pagination.html", {"rows": page})
