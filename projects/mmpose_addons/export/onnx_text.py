"""ONNX graphs that are written down as text."""

from collections.abc import Mapping
from typing import Any


def model_of_text(text: str, values: Mapping[str, object], prefix: str) -> Any:
    """Return an ONNX model.

    Args:
        text: In the syntax of ``onnx.parser``.
        values: What replaces words of the text, in this order; a value may contain later words.
        prefix: Of all names but those of inputs and outputs, so that models can be joined.
    """
    import onnx

    for word, value in values.items():
        text = text.replace(word, str(value))
    model = onnx.parser.parse_model(text)
    graph = model.graph
    outside = {value.name for value in (*graph.input, *graph.output)}
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [name if name in outside else prefix + name for name in names]
        node.name = node.output[0]
    used = {name for node in graph.node for name in node.input}
    for constant in list(graph.initializer):
        constant.name = prefix + constant.name
        if constant.name not in used:
            graph.initializer.remove(constant)
    return model
