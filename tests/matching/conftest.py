import pytest

from matching.selectors.index import forget_indexes


@pytest.fixture(autouse=True)
def _no_index_of_another_test():
    forget_indexes()
    yield
    forget_indexes()


@pytest.fixture
def mfa_done(settings):
    """People of roles that demand a second factor, as if they had it: demo people of a demo."""

    def mark(user):
        settings.DEMO_MODE = True
        user.is_demo = True
        user.save(update_fields=["is_demo"])
        return user

    return mark
