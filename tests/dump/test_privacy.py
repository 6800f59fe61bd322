"""Nothing private is in a dump: every private column is filled with a marker, and no file has one."""

import re
from base64 import b64encode

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from dump.publishing import publish_dump
from tests.dump.dumps import content, rows_of
from tests.factories import make_fact, make_fact_kind, make_tool
from tests.security.site_data import make_site_data
from tests.votes.ballots import make_vote, make_votes
from tools.models import Tool

pytestmark = pytest.mark.django_db

# What a dump says, by model. Every other column is private.
PUBLIC = {
    "tools.category": "id slug name description position",
    "tools.oldcategoryslug": "category slug",
    "tools.factkind": "id slug name group value_type unit better is_filter position",
    "tools.tool": "id slug name category tagline description website entry pricing best_for skip_if status "
    "status_date successor published_at withdrawn_at is_sample",
    "tools.oldtoolslug": "tool slug",
    "tools.fact": "id tool kind value_type text number boolean source_url observed_on",
    "tools.ledgerentry": "id tool kind event at old new review_id fact_kind old_category new_category "
    "old_successor new_successor corrects reason",
    "reviews.reviewer": "id slug name motto bio excited_about tired_of position is_active kind",
    "reviews.oldreviewerslug": "reviewer slug",
    "reviews.review": "id tool reviewer revision score verdict basis body tested_version reviewed_on "
    "published_at reason is_current handed_back_at",
    "reviews.reaffirmation": "review on",
    "reviews.reviewcorrection": "review at old_body",
    "reviews.panelverdict": "tool verdict ships skips ship_percent score spread last_reviewed_on",
    "reviews.leniency": "reviewer tools residual points",
    "reviews.agreement": "first second tools same_verdict verdict_alpha score_alpha",
    "reviews.closecall": "first second",
    "votes.reason": "id side slug label position is_active",
    "votes.tally": "tool ships skips held rank_bound",
    "votes.reasontally": "tool reason count",
    "votes.voteday": "tool day event side state rule reason count",
    "votes.intervention": "id at tool act reason since until votes ships_before skips_before ships_after skips_after",
    "votes.rankedtool": "tool reviews panel_ships score score_low score_high lowest highest corrected_score "
    "ships skips",
    "votes.rank": "ranking category ranked_tool place rank is_shared among corrected_place rise",
}
# Codes and yes or no are in any file: there is nothing to look for.
CODES = (models.BooleanField, models.SmallIntegerField, models.FloatField, models.DecimalField)
# What a draft may hold, which is public once it is published.
DRAFTS = {
    "tools_tool": ["name", "tagline", "description", "pricing", "best_for", "skip_if"],
    "reviews_review": ["body", "tested_version", "reason"],
}
# Columns in which the database takes no marker: derived from others by triggers, or held by constraints.
REFUSED = {
    "auth.permission.id",
    "newsletter.delivery.claim",
    "newsletter.delivery.lease_until",
    "newsletter.issue.parts",
    "reviews.listing.fact_values",
    "reviews.listing.names",
    "reviews.listing.spellings",
    "reviews.listing.texts",
    "reviews.review.publish_at",  # a draft alone has one: see below
}
WORD, DAY, NUMBER = "zqmarker", "1971-03-07", 778_000_000


def private_fields():
    for model in apps.get_models():
        public = PUBLIC.get(model._meta.label_lower, "").split()
        for field in model._meta.concrete_fields:
            if model._meta.managed and field.name not in public and not is_code(field):
                yield model, field


def is_code(field):
    return field.generated or field.choices or isinstance(field, CODES)


def marker(field, number):
    """SQL for a value that no other column has."""
    if isinstance(field, models.ForeignKey):
        return marker(field.target_field, number)
    if isinstance(field, models.BinaryField):
        return f"convert_to('{WORD}' || {number} || {ROW}, 'UTF8')"
    if isinstance(field, models.UUIDField):
        return "overlay(gen_random_uuid()::text PLACING 'dddddddd-dddd' FROM 1)::uuid"
    if isinstance(field, models.DateTimeField):
        return f"'{DAY} 04:05:06+00'::timestamptz + {ROW} * interval '1 ms'"
    if isinstance(field, models.DateField):
        return f"'{DAY}'::date"
    if isinstance(field, models.IntegerField | models.AutoField):
        return f"{NUMBER} + {ROW}"
    if isinstance(field, models.JSONField):
        return f"to_jsonb('{WORD}' || {number})"
    return f"left('{WORD}' || {ROW} || 'x' || {number}, {field.max_length or 100})"


ROW = "((ctid::text::point)[0] * 1000 + (ctid::text::point)[1])::int"  # page and place


def fill(table, column, value, where="true"):
    """Whether the database took it: some columns are held by constraints, and in some a marker is no value."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = {value} WHERE {where}')
    except DatabaseError:
        return False
    return True


def without_triggers(on):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SET session_replication_role = {'replica' if on else 'origin'}")


def make_rows():
    make_site_data()
    tool = make_tool(slug="voted")
    make_votes(tool, ships=12, skips=2)
    make_vote(tool, rule="pace")
    draft = make_tool(published=False)
    make_fact(draft, make_fact_kind(), "zqmarker of a draft")


def test_nothing_private_is_in_any_file(tmp_path):
    make_rows()
    refused = set()
    without_triggers(True)
    for number, (model, field) in enumerate(private_fields()):
        if not fill(model._meta.db_table, field.column, marker(field, number)):
            refused.add(f"{model._meta.label_lower}.{field.name}")
    for table, columns in DRAFTS.items():
        drafts = "published_at IS NULL" + (" AND withdrawn_at IS NULL" if "tool" in table else "")
        for column in columns:
            assert fill(table, column, f"'{WORD}' || id", drafts)
    assert fill("reviews_review", "publish_at", f"'{DAY}'", "published_at IS NULL")
    without_triggers(False)

    made = publish_dump(tmp_path)

    assert refused <= REFUSED
    assert "voted" in {row["slug"] for row in rows_of(made, "tools")}
    assert Tool.objects.filter(name__startswith=WORD).count() == 1
    found = re.compile("|".join(forms()).encode(), re.IGNORECASE)
    for path in made.iterdir():
        assert found.findall(content(path)) == [], path.name


def forms():
    """Each marker, as it is and as bytes may be written."""
    word = WORD.encode()
    parts = [b64encode(b"x" * skipped + word)[4 * bool(skipped) : -4] for skipped in range(3)]
    return [
        WORD,
        word.hex(),
        *(part.decode() for part in parts),
        DAY,
        r"\b778[0-9]{6}\b",
        "dddddddd-?dddd",
    ]


def test_every_public_column_exists():
    for label, names in PUBLIC.items():
        fields = {field.name for field in apps.get_model(label)._meta.concrete_fields}
        assert set(names.split()) <= fields, label
