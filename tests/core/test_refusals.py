"""Where a refusal shows: at its field, on top of the form, as a message, as a page of its own."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage

from core.errors import DomainError, Refused
from core.refusals import put_error, telling


class Small(forms.Form):
    amount_wan = forms.DecimalField()


@pytest.fixture
def form() -> Small:
    bound = Small({"amount_wan": "1"})
    assert bound.is_valid()
    return bound


@pytest.fixture
def request_(rf):
    request = rf.get("/")
    request._messages = CookieStorage(request)
    return request


@pytest.mark.parametrize(
    ("field", "shown_at"),
    [("amount_wan", "amount_wan"), ("amount_yuan", "amount_wan"), ("other", "__all__"),
     (None, "__all__")],
)  # fmt: skip
def test_a_refusal_lands_on_its_field_or_on_top(form, field, shown_at):
    put_error(form, DomainError("invalid", "太多", field), {"amount_yuan": "amount_wan"})

    assert form.errors == {shown_at: ["太多"]}


def test_a_right_that_lacks_is_no_matter_of_the_form(form):
    with pytest.raises(Refused):
        put_error(form, Refused("只有主管部门可以"))

    assert not form.errors


def test_telling_says_why_and_leaves_out_what_follows(request_):
    with telling(request_):
        raise DomainError("wrong_state", "现在不能")

    assert [str(message) for message in get_messages(request_)] == ["现在不能"]


def test_telling_lets_a_missing_right_and_defects_through(request_):
    for error in (Refused("只有主管部门可以"), ValueError("x")):
        with pytest.raises(type(error)), telling(request_):
            raise error
