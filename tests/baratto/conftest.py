import pytest

from app.base import clock
from tests.baratto.office import NOW, Office


@pytest.fixture
def office(app, town):
    """The office of Alessandria, on 15 October 2026."""
    with clock.set_to(NOW):
        yield Office(app, town)
