"""Uploads are checked by content; downloads ask the owner's access object."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import files
from core.errors import DomainError, Refused
from core.models import StoredFile
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("合同.pdf", PDF, "application/pdf"),
        ("图.png", PNG, "image/png"),
        ("说明.txt", "中试报告".encode(), "text/plain"),
        ("说明.txt", "中试报告".encode("gb18030"), "text/plain"),
        ("报告.docx", docx(), next(iter(files.ALLOWED_TYPES["docx"]))),
    ],
    ids=["pdf", "png", "utf-8", "gb18030", "docx"],
)
def test_store_file_keeps_name_type_and_digest(name, content, content_type):
    target = OrganisationFactory()

    stored = files.store_file(
        actor=UserFactory(), upload=SimpleUploadedFile(name, content), target=target
    )

    assert (stored.name, stored.content_type, stored.size_bytes) == (
        name, content_type, len(content),
    )  # fmt: skip
    with stored.file.open("rb") as kept:
        assert kept.read() == content
    assert list(files.files_of(target)) == [stored]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "file_type"),
        ("noextension", b"x", "file_type"),
        ("a.pdf", b"MZ this is no pdf at all", "file_content"),
        ("a.png", PDF, "file_content"),
        ("a.docx", PDF, "file_content"),
        ("a.txt", b"\x00\x01\x02", "file_content"),
        ("a.pdf", b"", "file_empty"),
    ],
    ids=["exe", "no-extension", "not-pdf", "not-png", "not-docx", "binary", "empty"],
)
def test_store_file_refuses_and_keeps_nothing(name, content, code):
    with pytest.raises(DomainError) as refusal:
        files.store_file(
            actor=UserFactory(),
            upload=SimpleUploadedFile(name, content),
            target=OrganisationFactory(),
        )

    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert StoredFile.objects.count() == 0


def test_store_file_refuses_what_is_too_large(settings):
    settings.UPLOAD_MAX_MB = 0

    with pytest.raises(DomainError) as refusal:
        files.check_upload(SimpleUploadedFile("a.pdf", PDF))

    assert refusal.value.code == "file_size"


def test_store_file_needs_a_person():
    with pytest.raises(Refused):
        files.store_file(
            actor=None, upload=SimpleUploadedFile("a.pdf", PDF), target=OrganisationFactory()
        )


@pytest.fixture
def stored():
    return files.store_file(
        actor=UserFactory(),
        upload=SimpleUploadedFile("合同.pdf", PDF),
        target=OrganisationFactory(),
    )


def test_download_of_an_unguarded_type_does_not_exist(client, stored, monkeypatch):
    monkeypatch.setattr(files, "_guards", {})

    assert client.get(reverse("core:file", args=[stored.pk])).status_code == 404


def test_download_asks_the_guard_of_the_target(client, stored, monkeypatch):
    monkeypatch.setattr(files, "_guards", {})
    files.register_guard("accounts.organisation", lambda user, pk: pk == stored.target_id)

    response = client.get(reverse("core:file", args=[stored.pk]))

    assert b"".join(response.streaming_content) == PDF
    response.close()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")


def test_download_is_refused_when_the_guard_says_no(client, stored, monkeypatch):
    monkeypatch.setattr(files, "_guards", {})
    files.register_guard("accounts.organisation", lambda user, pk: False)

    assert client.get(reverse("core:file", args=[stored.pk])).status_code == 404
