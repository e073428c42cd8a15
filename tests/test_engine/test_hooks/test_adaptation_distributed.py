import numpy as np
import pytest

from helpers import adaptation_process, tiny_domains
from helpers.commands import free_port, start
from stress import kill_ccssl


def train(folder, work_dir, processes, method):
    common = {
        'WORLD_SIZE': str(processes),
        'MASTER_ADDR': '127.0.0.1',
        'MASTER_PORT': str(free_port()),
    }
    log = work_dir.with_suffix('.txt')
    running = [
        start(
            adaptation_process.train,
            str(folder),
            str(work_dir),
            method,
            output=log,
            **common,
            RANK=str(rank),
            LOCAL_RANK=str(rank),
        )
        for rank in range(processes)
    ]
    for process in running:
        process.join(timeout=240)
    for process in running:
        process.kill()  # if it waits for another that has failed
        process.join()
    assert [process.exitcode for process in running] == [0] * processes, log.read_text()[-3000:]
    return kill_ccssl.results(work_dir, epoch=2)


@pytest.mark.slow
@pytest.mark.parametrize('method', adaptation_process.METHODS)
def test_two_processes_do_what_one_does(tmp_path, method):
    folder = tiny_domains.write_domains(tmp_path / 'data', source=8, target=14)
    one = train(folder, tmp_path / 'one', 1, method)
    two = train(folder, tmp_path / 'two', 2, method)
    assert one.keys() == two.keys()
    for name, value in one.items():
        if name.startswith('epoch_0000'):  # the same network: the same to the last bit
            np.testing.assert_array_equal(value, two[name], err_msg=name)
        elif not name.startswith('epoch_'):  # gradients are summed in another order
            np.testing.assert_allclose(value, two[name], rtol=1e-3, atol=2e-5, err_msg=name)
    assert one['epoch_0000/found'].all()
    np.testing.assert_allclose(
        one['epoch_0001/confidence'], two['epoch_0001/confidence'], rtol=0, atol=1e-3
    )
