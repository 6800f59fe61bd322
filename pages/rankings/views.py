from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from pages.rankings.json_ld import ranking_data
from pages.rankings.rankings_page import RankingPage, build_overview, build_ranking
from pages.redirects import redirect_to
from tools.models import Category
from tools.slugs import find_by_any_slug
from votes.page_validators import FIGURES_PAGE
from votes.rankings.models import Ranking
from web.markdown_page import render_page
from web.public_page import public_page


@public_page(FIGURES_PAGE, has_markdown=True)
def rankings(request: HttpRequest) -> HttpResponse:
    context = {"screen": build_overview(), "section": "rankings"}
    return render_page(request, "pages/rankings", context)


@public_page(FIGURES_PAGE, has_markdown=True)
def ranking(request: HttpRequest, ranking: Ranking) -> HttpResponse:
    return _ranking_page(request, build_ranking(ranking, None))


@public_page(FIGURES_PAGE, has_markdown=True)
def category_ranking(request: HttpRequest, ranking: Ranking, slug: str) -> HttpResponse:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return _redirect_or_404(request, ranking, slug)
    return _ranking_page(request, build_ranking(ranking, category))


def _ranking_page(request: HttpRequest, screen: RankingPage) -> HttpResponse:
    context = {"screen": screen, "structured_data": ranking_data(screen), "section": "rankings"}
    return render_page(request, "pages/ranking", context)


def _redirect_or_404(request: HttpRequest, ranking: Ranking, slug: str) -> HttpResponse:
    moved = find_by_any_slug(Category.objects.all(), slug)
    if moved is None:
        raise Http404("No category at this address.")
    return redirect_to(request, reverse("category_ranking", args=[ranking, moved.slug]))
