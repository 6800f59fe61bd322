"""A small site with a row of each kind, and the values that fill the gaps of its URL patterns."""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Reader, User
from bookmarks.actions import add_bookmark
from bookmarks.feed_address import start_feed
from bookmarks.transfers import make_transfer
from config.roles import permissions_of_roles
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import Delivery
from newsletter.subscribers.links import confirmation_token, subscriber_token
from pages.sitemaps.tool_urls import BLOCK_SIZE
from reviews.models import Review, Reviewer
from tests.bookmarks.readers import make_reader
from tests.factories import (
    draft_review,
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue, make_subscriber
from tests.security.url_patterns import SitePattern
from tests.votes.ballots import make_votes
from tools.correction_form import can_be_corrected
from tools.logo_image import SIZES
from tools.logos import encode_logo, store_logo
from tools.models import LedgerEntry, SearchSynonym, StaffNote
from votes.actions import void_votes
from votes.models import Vote

ROLES = sorted(permissions_of_roles())
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'


@dataclass
class SiteData:
    reader: Reader
    staff: dict[str, User]
    # {name of a parameter, or "view:parameter": its value}
    values: dict[str, str] = field(default_factory=dict)

    def values_for(self, pattern: SitePattern) -> dict[str, str]:
        return {name: self._value(pattern, name) for name in pattern.parameters}

    def _value(self, pattern: SitePattern, name: str) -> str:
        own = self.values.get(f"{pattern.name}:{name}")
        if name == "object_id" and own is None:
            return _first_pk(pattern)
        return own or self.values[name]


def make_site_data() -> SiteData:
    tools = _make_catalogue()
    staff = _make_staff()
    Reviewer.objects.filter(slug="ada").update(user=staff["Reviewer"])
    reader = make_reader()
    add_bookmark(reader=reader, tool=tools[0])
    _make_votes(tools[0], staff["superuser"])
    StaffNote.objects.create(tool=tools[0], author=staff["Editor"], text="Ask about the licence.")
    values = _catalogue_values(tools) | _reader_values(reader) | _newsletter_values(tools[0])
    values |= {
        "id": str(staff["Editor"].pk),
        "app_label": "tools",
        "url": "no-such-page",
        "format": "json",
        "name": "manifest.json",
        "content_type_id": str(ContentType.objects.get_for_model(tools[0]).pk),
        "admin:view_on_site:object_id": str(tools[0].pk),
        "admin:accounts_user_reset_second_factor:pk": str(staff["Editor"].pk),
    }
    return SiteData(reader, staff, values)


def _make_catalogue() -> list[Any]:
    category = make_category()
    tools = [
        make_tool(category=category, name=f"Tool {letter}", slug=f"tool-{letter}")
        for letter in "abc"
    ]
    logo = encode_logo(LOGO)
    store_logo(logo)
    tools[0].logo = logo.digest
    tools[0].save()
    reviewers = [make_reviewer(name) for name in ["Ada", "Grace", "Linus"]]
    for tool in tools[:2]:
        for place, reviewer in enumerate(reviewers):
            publish_review(tool, reviewer, score=70 + 5 * place)
    make_fact(tools[0], make_fact_kind("number", name="Context window"), 128_000)
    SearchSynonym.objects.create(term="rag", stands_for="retrieval")
    draft = draft_review(tools[2], reviewers[0])
    draft.save()
    return tools


def _make_staff() -> dict[str, User]:
    staff = {name: User(username=name.lower(), is_staff=True) for name in [*ROLES, "superuser"]}
    staff["superuser"].is_superuser = True
    for name, user in staff.items():
        user.set_unusable_password()
        user.save()
        user.groups.set(Group.objects.filter(name=name))
    return staff


def _make_votes(tool: Any, user: User) -> None:
    make_votes(tool, ships=3, skips=1)
    void_votes(
        staff=user,
        tool=tool,
        votes=Vote.objects.filter(tool=tool, choice="skip"),
        reason="One person, many votes.",
    )


def _catalogue_values(tools: list[Any]) -> dict[str, str]:
    entry = next(entry for entry in LedgerEntry.objects.all() if can_be_corrected(entry))
    return {
        "slug": tools[0].slug,
        "category_detail:slug": tools[0].category.slug,
        "ranking": "panel",
        "category_ranking:slug": tools[0].category.slug,
        "category_ranking_markdown:slug": tools[0].category.slug,
        "category_atom:slug": tools[0].category.slug,
        "reviewer_detail:slug": "ada",
        "api_reviewer:slug": "ada",
        "tool_preview:pk": str(tools[2].pk),
        "comparison_preview:pk": str(tools[0].pk),
        "own_review_preview:pk": str(tools[2].pk),
        "block": str(tools[0].pk // BLOCK_SIZE),
        "pair": "tool-a-vs-tool-b",
        "digest": tools[0].logo,
        "size": str(SIZES[0]),
        "style": "small-light",
        "entry_id": str(entry.pk),
        "tool_id": str(tools[0].pk),
        "note_id": str(tools[0].staff_notes.get().pk),
        "review_id": str(Review.objects.drafts().get().pk),
        "admin:reviews_review_correct:review_id": str(
            tools[0].reviews.get(reviewer__slug="ada").pk
        ),
    }


def _reader_values(reader: Reader) -> dict[str, str]:
    return {
        "bookmark_feed:secret": start_feed(reader=reader).secret,
        "receive_bookmarks:secret": make_transfer(reader=reader).secret,
    }


def _newsletter_values(tool: Any) -> dict[str, str]:
    subscriber = make_subscriber(categories=[tool.category])
    pending = make_subscriber(state="pending")
    sent = make_issue(full_digest())
    draft = make_issue(subject="A draft")
    Delivery.objects.create(
        issue=sent, subscriber=subscriber, state="rejected", changed_at=timezone.now()
    )
    get_gate()
    values = {
        "token": subscriber_token(subscriber.key),
        "confirm_subscription:token": confirmation_token(pending.key),
        "confirm_again:token": confirmation_token(pending.key),
        "number": str(sent.number),
        "pk": str(draft.pk),
    }
    for view in ["suppress", "unsuppress"]:
        values[f"admin:newsletter_subscriber_{view}:pk"] = str(subscriber.pk)
    return values


def _first_pk(pattern: SitePattern) -> str:
    """Return the id of a row of the model whose page in the admin `pattern` is; "1" without any."""
    _, app_label, model_name, *_ = pattern.route.split("/")
    model = apps.get_model(app_label, model_name)
    if model is Review:
        draft = Review.objects.filter(published_at=None).first()
        return str(draft.pk) if draft else "1"
    row = model._default_manager.order_by("pk").first()
    return str(row.pk) if row else "1"
