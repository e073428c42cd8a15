"""Projects of other tools: DeepLabCut, SLEAP, Lightning Pose, and labelling tools.

:func:`.read.read_project` reads a project, :func:`.write.write_dataset` writes it as a data set
of this package, and :mod:`.save_predictions` writes predictions in the tools' own formats. This
file imports none of them: writing predictions needs fewer libraries than reading projects.
"""
