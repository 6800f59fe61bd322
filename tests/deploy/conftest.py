import pytest

from tests.deploy.backend import running_backend
from tests.deploy.shipped_nginx import shipped_nginx


@pytest.fixture
def backend():
    with running_backend() as backend:
        yield backend


@pytest.fixture
def nginx(tmp_path, backend):
    """The shipped nginx in front of `backend`."""
    with shipped_nginx(tmp_path, backend=backend.port) as nginx:
        yield nginx


@pytest.fixture
def nginx_alone(tmp_path):
    """The shipped nginx without a web process."""
    with shipped_nginx(tmp_path) as nginx:
        yield nginx
