"""Annotation files: checks of COCO files, and converters into them. Without PyTorch."""
