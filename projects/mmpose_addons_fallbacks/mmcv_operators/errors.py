"""The error for an operator that only MMCV's compiled extension has."""


class CompiledOperatorNeeded(NotImplementedError):
    """An operator of MMCV was called that has no replacement here."""

    def __init__(self, operator: str) -> None:
        super().__init__(operator)
        self.operator = operator

    def __str__(self) -> str:
        return (
            f"MMCV's operator {self.operator!r} needs MMCV's compiled extension, and none is "
            'installed. Run tools/install.sh --compiled-operators, or install a wheel of MMCV '
            'with operators for your PyTorch.'
        )
