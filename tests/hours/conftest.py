import pytest

from app.base import clock
from tests.tasks.builders import NOW


@pytest.fixture(autouse=True)
def june():
    """It is Monday 1 June 2026, ten o'clock in Italy."""
    with clock.set_to(NOW):
        yield
