"""Spreadsheets are looked at before they are written, and matching learns of what changed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from matching.enums import Side
from matching.selectors.index import _rows_key
from platforms import services
from platforms.models import Equipment
from tests.factories.platforms import CapabilityFactory, EquipmentFactory
from tests.factories.taxonomy import TermFactory


def url_of(platform, kind="equipment"):
    return f"/manage/platforms/{platform.slug}/{kind}/import/"


def filled(client, url):
    return SimpleUploadedFile("设备.xlsx", client.get(f"{url}?template=1").content)


def test_the_preview_writes_nothing_and_the_second_step_does(sign_in, operator, platform):
    client, url = sign_in(operator), url_of(platform)

    preview = client.post(url, {"file": filled(client, url)})
    before = Equipment.objects.count()
    answer = client.post(url, {"content": preview.context["content"]})

    page = preview.content.decode()
    assert "可以导入 1 行" in page
    assert "500L 搪玻璃反应釜" in page
    assert (before, Equipment.objects.count(), answer.status_code) == (0, 1, 302)


@pytest.mark.parametrize("content", ["不是base64", "aGVsbG8="])
def test_a_forged_second_step_writes_nothing(content, sign_in, operator, platform):
    page = sign_in(operator).post(url_of(platform), {"content": content})

    assert page.status_code == 200
    assert not Equipment.objects.exists()


def test_others_do_not_import(sign_in, stranger, platform):
    for kind in ("equipment", "usage"):
        answer = sign_in(stranger).post(url_of(platform, kind), {"content": "aGVsbG8="})
        assert answer.status_code == 403


def test_renamed_equipment_moves_what_matching_reads(operator, platform, now):
    equipment = EquipmentFactory(platform=platform)
    capability = CapabilityFactory(platform=platform)
    capability.equipment.add(equipment)
    before = _rows_key(Side.CAPABILITY)

    services.edit_listing(actor=operator, listing=equipment, values={"name": "新反应釜"}, now=now)

    assert _rows_key(Side.CAPABILITY) != before


@pytest.mark.parametrize(
    "values", [{"certificates": []}, {"parameters": [{"name": "温度", "low": 20}]}]
)
def test_certificates_and_parameters_move_what_matching_reads(values, operator, platform, now):
    capability = CapabilityFactory(platform=platform)
    capability.certificates.add(TermFactory(code_list__slug="certificate", code="cma"))
    before = _rows_key(Side.CAPABILITY)

    services.edit_listing(actor=operator, listing=capability, values=values, now=now)

    assert _rows_key(Side.CAPABILITY) != before


def test_another_kind_of_file_is_refused_with_what_is_wanted(sign_in, operator, platform):
    upload = SimpleUploadedFile("设备.docx", b"PK")

    page = sign_in(operator).post(url_of(platform), {"file": upload})

    assert page.context["form"].errors == {"file": ["请选择按模板填写的 .xlsx 文件。"]}
