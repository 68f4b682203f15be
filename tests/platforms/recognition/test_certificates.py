"""Certificates on paper: one, and all of a batch."""

import pytest

from tests.factories.recognition import ApplicationFactory, ProgrammeFactory, RecognitionFactory


@pytest.mark.parametrize("status", ["active", "building", "removed"])
def test_a_certificate_is_a_pdf_for_everybody(client, status, platform):
    dates = {"started_date": None} if status == "building" else {}
    if status == "removed":
        dates["ended_date"] = "2026-01-05"
    row = RecognitionFactory(platform=platform, status=status, **dates)

    answer = client.get(f"/certificates/{row.verification_code}/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_staff_print_all_of_a_batch_and_others_may_not(sign_in, province, operator):
    programme = ProgrammeFactory()
    url = f"/manage/programmes/{programme.slug}/certificates/"
    empty = sign_in(province).get(url)
    for _ in range(2):
        application = ApplicationFactory(programme=programme, status="recognised")
        RecognitionFactory(application=application, platform=application.platform)

    found = sign_in(province).get(url)

    assert empty.status_code == 302
    assert found["Content-Type"] == "application/pdf"
    assert "全部证书（2）" in sign_in(province).get("/manage/programmes/").content.decode()
    assert sign_in(operator).get(url).status_code == 403
