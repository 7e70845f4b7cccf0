"""A forked process has one thread, whatever the others of its parent held."""

import gc

import pytest

from execgate.sandbox import forks
from execgate.sandbox.bubblewrap.backend import BubblewrapBackend
from execgate.sandbox.bubblewrap.spawner import _Spawner
from execgate.sandbox.docker.backend import DockerBackend
from execgate.sandbox.host_folders import HostFolders
from execgate.sandbox.layers import Layers
from execgate.sandbox.network import Doors

HEIRS = (BubblewrapBackend, DockerBackend, Doors, HostFolders, Layers, _Spawner)


@pytest.mark.parametrize("make", HEIRS, ids=lambda make: make.__name__)
def test_a_lock_that_another_thread_held_is_free_in_a_forked_process(make):
    heir = make()
    assert heir in forks._HEIRS
    heir._lock.acquire()  # by a thread that is not there any more
    heir.forget_parent()
    assert heir._lock.acquire(blocking=False)


def test_who_is_gone_inherits_nothing():
    heir = HostFolders()
    assert heir in forks._HEIRS
    before = len(forks._HEIRS)
    del heir
    gc.collect()
    assert len(forks._HEIRS) < before
