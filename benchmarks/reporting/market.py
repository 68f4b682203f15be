"""What a nation offers and asks for: capabilities and open demands by the hundred thousand, their
texts recombined from the clauses of the starting data, and the pages that list them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from benchmarks.matching_speed import corpus
from benchmarks.reporting.dataset import terms
from benchmarks.reporting.rows import insert, one_of
from core.search import VECTOR_SQL, words
from demands.models import Demand
from matching.models import MatchList, MatchRun
from platforms.models import Capability, Platform
from taxonomy.models import Industry, Term

Page = tuple[str, str | None, str]
DATA: Path = settings.BASE_DIR / "data"
VECTOR = VECTOR_SQL.format(title="t.title_words", body="t.body_words")


def make(count: int) -> None:
    """`count` published capabilities over all platforms and as many open demands, each demand
    looked at by a run and one in five unmet; their tables are read to plan by."""
    if not count:
        return
    Platform.objects.update(is_demo=False)  # the home page and the atlas leave demo data out
    texts = (
        (row.title[:200], row.description)
        for row in corpus.capabilities(DATA / "platforms.jsonl", count)
    )
    platforms = Platform.objects.count()
    _texts(texts)
    number, link = "t.n * 7", one_of
    insert(
        Capability,
        "bench_text t JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n "
        f"FROM platforms_platform) p ON p.n = 1 + mod(t.n, {platforms})",
        platform_id="p.id", status="'published'", slug="'bench-m-' || t.n", title="t.title",
        description="t.body", search=VECTOR, completeness=f"bench_draw('full', {number}, 20, 100)",
        field_id=link(terms("field-data"), "offer-field", number),
        industry_id=link(list(Industry.objects.order_by("pk").values_list("pk", flat=True)),
                         "industry", number),
        process_kind_id=link(terms("process-kind"), "process", number),
        trl_low=f"bench_draw('low', {number}, 3, 5)",
        trl_high=f"bench_draw('high', {number}, 6, 9)",
        confirmed_at=f"now() - make_interval(mins => bench_draw('day', {number}, 0, 500000)::int)",
    )  # fmt: skip
    for name, code_list in (
        ("service_types", "service-type"), ("service_modes", "service-mode"),
        ("certificates", "certificate"),
    ):  # fmt: skip
        insert(
            getattr(Capability, name).through, "platforms_capability c, generate_series(0, 1) k",
            capability_id="c.id", term_id=link(terms(code_list), name, "c.id * 2 + k"),
            after="WHERE c.slug LIKE 'bench-m-%' ON CONFLICT DO NOTHING",
        )  # fmt: skip
    _demands(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself, later


def _demands(count: int) -> None:
    _texts(
        (row.title[:200], row.description) for row in corpus.demands(DATA / "demands.jsonl", count)
    )
    organisations = Organisation.objects.count()
    number = "t.n * 11"
    insert(
        Demand,
        "bench_text t JOIN (SELECT id, region_id, row_number() OVER (ORDER BY id) AS n "
        f"FROM accounts_organisation) o ON o.n = 1 + mod(t.n, {organisations})",
        slug="'bench-q-' || t.n", title="t.title", description="t.body", search=VECTOR,
        organisation_id="o.id", region_id="o.region_id", status="'open'",
        field_id=one_of(terms("field-data"), "asked-field", number),
        process_kind_id=one_of(terms("process-kind"), "asked-process", number),
        stage_id=one_of(terms("stage"), "stage", number),
        published_at=f"now() - make_interval(mins => bench_draw('day', {number}, 0, 300000)::int)",
        status_changed_at="now()", expires_date="current_date + 90",
    )  # fmt: skip
    run = MatchRun.objects.create(kind="full", status="done", finished_at=timezone.now())
    insert(
        MatchList, "demands_demand d", after="WHERE d.slug LIKE 'bench-q-%'", demand_id="d.id",
        run_id=str(run.pk), looked_at="now()", missing="'[]'", terms="'{}'", relaxations="'[]'",
        platforms="'[]'", possible_count="10",
        relevant_count="CASE WHEN bench_share('met', d.id) < 0.2 THEN 0 ELSE 5 END",
    )  # fmt: skip


def _texts(rows: Iterator[tuple[str, str]]) -> None:
    """A temporary table of numbered titles and bodies, and their words as search stores them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_text")
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_text "
            "(n bigint, title text, body text, title_words text, body_words text)"
        )
        with cursor.copy("COPY bench_text FROM STDIN") as copy:
            for n, (title, body) in enumerate(rows):
                cut = (" ".join(words(text)) for text in (title, body))
                copy.write_row((n, title, body, *cut))
        cursor.execute("ANALYZE bench_text")


def addresses() -> Iterator[Page]:
    """The pages on which a nation's offers and demands are found."""
    platform = Platform.objects.order_by("pk")[0]
    capability = platform.capabilities.order_by("-pk")[0]
    demand = Demand.objects.open().order_by("-pk")[0]
    yield "home", None, "/"
    yield "platforms", None, "/platforms/"
    yield "platforms of a province", None, "/platforms/?province=440000"
    yield "capabilities", None, "/capabilities/"
    yield "capabilities of a province", None, "/capabilities/?province=440000"
    yield "capabilities of a service", None, f"/capabilities/?service={_code('service-type')}"
    yield "capabilities by words", None, "/capabilities/?q=发酵"
    yield "page 20 of the capabilities", None, "/capabilities/?page=20"
    yield "resources", None, "/resources/"
    yield "demands", None, "/demands/"
    yield "demands of a field", None, f"/demands/?field={_code('field-data')}"
    yield "demands by words", None, "/demands/?q=材料"
    yield "demands to govern", "nation", "/review/demands/"
    yield "search, a rare word", None, "/search/?q=光刻胶"
    yield "search, two words", None, "/search/?q=材料+工艺"
    yield "search, a frequent word", None, "/search/?q=中试"
    yield "search, one kind", None, "/search/?q=材料&kind=capabilities"
    yield "gap atlas", None, "/atlas/"
    yield "unmet demands", None, "/atlas/demands/"
    yield "a platform", None, platform.get_absolute_url()
    yield "a capability", None, capability.get_absolute_url()
    yield "a demand", None, demand.get_absolute_url()


def _code(code_list: str) -> str:
    found = Term.objects.filter(code_list=code_list, is_active=True).order_by("order", "pk")
    return str(found.values_list("code", flat=True)[0])
