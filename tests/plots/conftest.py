import made_up
import pytest


@pytest.fixture(scope="session")
def tables():
    """A small made-up comparison: read it, never write it."""
    return made_up.tables()
