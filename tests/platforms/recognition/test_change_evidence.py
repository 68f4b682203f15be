"""Evidence of change reports, and reports taken back before they are decided (G12)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError, Refused
from core.files import files_of, may_read
from notifications.models import Notification
from platforms import services
from platforms.models import ChangeReport

VALUES = {"kind": "leader", "before": "甲", "after": "乙", "note": "换届"}


def paper(name="任命书.txt", content=b"named"):
    return SimpleUploadedFile(name, content)


def tell(actor, platform, now, *uploads):
    return services.report_change(
        actor=actor, platform=platform, now=now, uploads=uploads,
        values=VALUES | {"happened_date": now.date()},
    )  # fmt: skip


def test_evidence_is_kept_with_the_report_or_nothing_is(
    operator, staff, other_staff, platform, now
):
    for uploads, code in (
        ([paper("a.pdf", b"no pdf")], "file_content"), ([paper()] * 21, "too_many_files"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            tell(operator, platform, now, *uploads)
        assert (error.value.code, error.value.field) == (code, "files")
    assert not ChangeReport.objects.exists()

    report = tell(operator, platform, now, paper(), paper("工商通知.txt"))

    first, other = files_of(report)
    seen = [may_read(user, first) for user in (operator, staff, other_staff)]
    assert seen == [True, True, False]
    for refused in (  # handed in: it stays as the reviewer sees it
        lambda: services.remove_change_file(
            actor=operator, report=report, file_id=other.pk, now=now
        ),
        lambda: services.move_change(actor=staff, report=report, name="withdraw", now=now),
    ):
        with pytest.raises(Refused):
            refused()
    assert files_of(report).count() == 2


def test_a_report_is_taken_back_mended_and_handed_in_again(
    sign_in, operator, staff, platform, now, django_capture_on_commit_callbacks
):
    report = tell(operator, platform, now, paper(), paper("错的.txt"))
    wrong = files_of(report).get(name="错的.txt")
    client, url = sign_in(operator), report.get_absolute_url()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}withdraw/")
    assert Notification.objects.get(user=staff).title == f"变动报告已撤回：{report}"

    client.post(f"{url}files/{wrong.pk}/")
    client.post(url, {
        "kind": "leader", "happened_date": str(now.date()), "note": "换届，附决议",
        "files": [paper("决议.txt")],
    })  # fmt: skip

    report.refresh_from_db()
    assert (report.status, report.note) == ("submitted", "换届，附决议")
    assert {row.name for row in files_of(report)} == {"任命书.txt", "决议.txt"}
    page = sign_in(staff).get(url).content.decode()
    for words in ("决议.txt", "上传了证明材料", "删除了证明材料", "错的.txt"):
        assert words in page
    assert f"{url}files/" not in page
    services.move_change(actor=staff, report=report, name="accept", now=now)
    with pytest.raises(DomainError):
        services.move_change(actor=operator, report=report, name="withdraw", now=now)
