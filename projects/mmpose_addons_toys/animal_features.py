"""What distinguishes a species of toy animals beyond its proportions: shape of parts, posture.

Every default leaves a horse as it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Features:
    """Shape and posture of an animal. Lengths are in heights at the withers, angles in degrees.

    Attributes:
        neck_lean: Forward lean of the neck at rest.
        head_lean: Downward tilt of the head at rest.
        tail_length: Factor to the length of the tail.
        tail_bend: Angle between the two parts of the tail.
        croup: Factor to the thickness of the hind part of the trunk.
        skull: Factor to the thickness of the skull.
        muzzle: Factor to the thickness of the muzzle.
        ear_radii: Of the foot and the tip of an ear.
        ears: (3,) from the foot to the tip of an ear, outwards, down and back, for the ear
            length 1; None: as those of a horse or a hound.
        pale_belly: The coat's texture differs between back and belly.
        horn_length: 0: no horns.
        horn_bend: Angle by which a horn bends backwards.
        fleece: Thickness of the locks of wool on trunk, neck and head; 0: no wool.
        ruff: Thickness of a mane all round the neck; 0: none.
        feet: Factor to the thickness of the feet.
        toes: Length of the feet in front of the ankle.
    """

    neck_lean: float = 0.0
    head_lean: float = 0.0
    tail_length: float = 1.0
    tail_bend: float = 0.0
    croup: float = 1.0
    skull: float = 1.0
    muzzle: float = 1.0
    ear_radii: tuple[float, float] = (0.028, 0.01)
    ears: tuple[float, float, float] | None = None
    pale_belly: bool = False
    horn_length: float = 0.0
    horn_bend: float = 0.0
    fleece: float = 0.0
    ruff: float = 0.0
    feet: float = 1.0
    toes: float = 0.015
