"""Projects of other tools: DeepLabCut, SLEAP, Lightning Pose, and labelling tools.

:func:`read_project` reads a project, :func:`write_dataset` writes it as a data set of this
package, and :mod:`.save_predictions` writes predictions in the tools' own formats.
"""

from .labels import Frame, Instance, Project, ProjectError
from .read import KINDS, read_project
from .write import write_dataset

__all__ = [
    'KINDS',
    'Frame',
    'Instance',
    'Project',
    'ProjectError',
    'read_project',
    'write_dataset',
]
