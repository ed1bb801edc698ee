import made_up
import made_up_pair
import pytest


@pytest.fixture(scope="session")
def tables():
    """A small made-up comparison, and one pair looked at closely: read it, never write it."""
    return made_up.tables() | made_up_pair.tables()
