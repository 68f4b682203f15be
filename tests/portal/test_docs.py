"""Documentation generated from the code is up to date, and says so when it is not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.docs import access_classes, pages


def test_the_committed_pages_are_up_to_date():
    out = StringIO()

    call_command("generate_docs", "--check", stdout=out)

    assert out.getvalue() == "均为最新。\n"


@pytest.fixture
def folder(settings, tmp_path):
    """A copy of the project's root with no page yet, where the access modules are still found."""
    for name in {cls.__module__.partition(".")[0] for cls in access_classes()}:
        (tmp_path / name).mkdir()
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path
    return tmp_path


def test_checking_names_what_is_stale_and_writes_nothing(folder):
    with pytest.raises(CommandError, match=r"docs/roles\.md、docs/states\.md"):
        call_command("generate_docs", "--check")

    assert list((folder / "docs").iterdir()) == []


def test_writing_twice_changes_nothing(folder):
    out = StringIO()

    call_command("generate_docs", stdout=out)
    call_command("generate_docs", stdout=out)

    assert out.getvalue() == "已更新：docs/roles.md、docs/states.md\n均为最新。\n"
    written = {f"docs/{page.name}": page.read_text() for page in (folder / "docs").iterdir()}
    assert written == pages()


def test_every_access_object_and_life_cycle_has_its_table():
    roles, states = pages()["docs/roles.md"], pages()["docs/states.md"]

    missing = [cls.__name__ for cls in access_classes() if f"(`{cls.__name__}`)" not in roles]
    machines = {cls.machine.name for cls in access_classes() if cls.machine}

    assert missing == []
    assert [name for name in machines if f"(`{name}`)" not in states] == []
