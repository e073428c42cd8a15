import logging

import pytest
from mmengine.logging import MMLogger


@pytest.fixture
def warnings(caplog):
    """Return the texts of all warnings of MMEngine's logger, which does not propagate."""
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)

    def texts() -> str:
        records = [r for r in caplog.records if r.levelno == logging.WARNING]
        return '\n'.join(record.getMessage() for record in records)

    yield texts
    logger.removeHandler(caplog.handler)
