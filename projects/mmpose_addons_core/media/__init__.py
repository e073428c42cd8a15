"""Images and videos from files: what a file is, its frames, and a new video."""
