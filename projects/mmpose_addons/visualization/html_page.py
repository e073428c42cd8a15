"""Fill in the HTML templates of this folder."""

from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def html_page(template: str, **content: Any) -> str:
    """Return a page; a name of the template that ``content`` lacks is an error."""
    return _TEMPLATES.get_template(template).render(**content)
