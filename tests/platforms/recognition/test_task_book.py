"""The task book of an assessment: target, done, proof."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import files_of, may_read
from platforms import services
from tests.factories.accounts import person
from tests.factories.recognition import RecognitionFactory

ROW = {"name": "服务企业", "target": "30 家", "done": "", "proof": ""}


@pytest.fixture
def assessment(platform):
    recognition = RecognitionFactory(platform=platform)
    return recognition.assessments.create(kind="midterm", due_date=date(2027, 3, 1))


def paper(name="验收单.txt"):
    return SimpleUploadedFile(name, "合格".encode())


def save(actor, assessment, now, *rows):
    return services.save_task_book(actor=actor, assessment=assessment, rows=rows, now=now)


def told(assessment):
    return list(assessment.items.order_by("pk").values_list("name", "target", "done"))


def test_staff_set_targets_and_the_platform_says_what_was_done(operator, province, assessment, now):
    save(province, assessment, now, ROW)
    save(operator, assessment, now, ROW | {"done": "32 家", "proof": "合同清单"})

    assert told(assessment) == [("服务企业", "30 家", "32 家")]


def test_others_and_wrong_rows_change_nothing(province, staff, stranger, assessment, now):
    save(province, assessment, now, ROW)

    for user in (staff, stranger):
        with pytest.raises(Refused):
            save(user, assessment, now)
    for rows in ([ROW, ROW], [ROW | {"name": ""}]):
        with pytest.raises(DomainError):
            save(province, assessment, now, *rows)
    assert told(assessment) == [("服务企业", "30 家", "")]


def test_a_concluded_assessment_keeps_its_task_book(province, assessment, now):
    save(province, assessment, now, ROW)
    services.conclude_assessment(
        actor=province, assessment=assessment, now=now,
        values={"held_date": date(2026, 5, 1), "result": "failed", "conclusion": "没有建成"},
    )  # fmt: skip

    with pytest.raises(DomainError) as error:
        save(province, assessment, now)
    assert error.value.code == "concluded"
    assert len(told(assessment)) == 1


def test_the_task_book_in_pages(sign_in, operator, stranger, assessment):
    url = f"/assessments/{assessment.pk}/tasks/"
    client = sign_in(operator)
    assert "任务书" in client.get(url).content.decode()

    client.post(url, {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-name": "服务企业", "form-0-target": "30 家", "form-0-done": "32 家",
        "form-1-name": "",
    })  # fmt: skip

    assert told(assessment) == [("服务企业", "30 家", "32 家")]
    page = client.get(assessment.recognition.get_absolute_url()).content.decode()
    assert "32 家" in page
    assert sign_in(stranger).get(url).status_code == 404


def test_evidence_is_kept_beside_and_read_by_its_parties(
    sign_in, operator, province, stranger, assessment, now
):
    services.save_task_book(
        actor=operator, assessment=assessment, rows=[ROW], now=now, uploads=[paper()]
    )
    client = sign_in(operator)
    client.post(f"/assessments/{assessment.pk}/tasks/", {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "服务企业",
        "form-0-target": "30 家", "files": [paper("清单.txt")],
    })  # fmt: skip

    stored = list(files_of(assessment))
    assert [row.name for row in stored] == ["验收单.txt", "清单.txt"]
    seen = {user: may_read(user, stored[0]) for user in (operator, province, stranger)}
    assert seen == {operator: True, province: True, stranger: False}
    for page in (assessment.recognition.get_absolute_url(), f"/assessments/{assessment.pk}/tasks/"):
        assert "验收单.txt" in client.get(page).content.decode(), page


def test_refused_evidence_leaves_the_task_book_as_it_was(operator, assessment, now):
    save(operator, assessment, now, ROW)
    wrong = [SimpleUploadedFile("a.pdf", b"no pdf")]
    for uploads, code in ((wrong, "file_content"), ([paper()] * 21, "too_many_files")):
        with pytest.raises(DomainError) as refused:
            services.save_task_book(
                actor=operator, assessment=assessment, rows=[], now=now, uploads=uploads
            )
        assert (refused.value.code, refused.value.field) == (code, "files")

    assert (len(told(assessment)), files_of(assessment).count()) == (1, 0)


def test_evidence_is_taken_back_by_who_put_it_there(
    sign_in, operator, province, platform, assessment, now
):
    for actor, name in ((operator, "甲.txt"), (operator, "乙.txt"), (province, "丙.txt")):
        services.save_task_book(
            actor=actor, assessment=assessment, rows=[ROW], now=now, uploads=[paper(name)]
        )
    own, other, theirs = files_of(assessment)

    def remove(actor, row):
        services.remove_task_file(actor=actor, assessment=assessment, file_id=row.pk, now=now)

    for actor, row in ((province, own), (operator, theirs)):
        with pytest.raises(DomainError) as error:
            remove(actor, row)
        assert error.value.code == "not_own"
    colleague = person(Role.OPERATOR, organisation=platform.organisation)
    remove(colleague, own)
    with pytest.raises(DomainError) as error:
        remove(operator, own)
    assert error.value.code == "not_found"
    client, url = sign_in(operator), f"/assessments/{assessment.pk}/"
    assert client.get(f"{url}tasks/").content.decode().count(f"{url}files/") == 1
    client.post(f"{url}files/{other.pk}/")
    assert list(files_of(assessment)) == [theirs]

    services.conclude_assessment(
        actor=province, assessment=assessment, now=now,
        values={"held_date": date(2026, 5, 1), "result": "failed", "conclusion": "没有建成"},
    )  # fmt: skip
    with pytest.raises(DomainError) as error:
        remove(province, theirs)
    assert error.value.code == "concluded"
    assert files_of(assessment).count() == 1
