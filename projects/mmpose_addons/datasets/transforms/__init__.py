from .fourier_domain_adaptation import FourierDomainAdaptation
from .get_image_center_scale import GetImageCenterScale
from .load_image import LoadImage
from .people_as_animals import PeopleAsAnimals
from .random_appearance import RandomAppearance
from .random_background import RandomBackground
from .random_photometry import RandomPhotometry
from .random_texture import RandomTexture

__all__ = [
    'FourierDomainAdaptation',
    'GetImageCenterScale',
    'LoadImage',
    'PeopleAsAnimals',
    'RandomAppearance',
    'RandomBackground',
    'RandomPhotometry',
    'RandomTexture',
]
