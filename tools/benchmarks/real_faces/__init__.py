"""The parts of ``face_losses.py``: losses for face landmarks compared on real faces."""
