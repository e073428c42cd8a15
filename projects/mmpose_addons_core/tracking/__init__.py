"""People over the frames of a video."""
