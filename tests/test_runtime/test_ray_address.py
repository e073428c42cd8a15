"""Addresses of Ray clusters, which need no Ray to be checked."""

import socket

import pytest

from mmpose_addons_runtime import on_ray
from mmpose_addons_runtime.errors import ModelError


def test_an_address_where_nothing_listens_is_refused(monkeypatch):
    monkeypatch.setattr(on_ray, 'PATIENCE', 0)
    with socket.create_server(('127.0.0.1', 0)) as server:
        address = f'127.0.0.1:{server.getsockname()[1]}'
        on_ray.check_address(address)
    for wrong in (address, '127.0.0.1:99999'):
        with pytest.raises(ModelError, match=f'no Ray cluster at {wrong}: .+'):
            on_ray.check_address(wrong)


@pytest.mark.parametrize('address', [None, 'auto', 'local', 'ray://host:10001'])
def test_other_addresses_are_left_to_ray(address):
    on_ray.check_address(address)
