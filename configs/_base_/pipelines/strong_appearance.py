# Steps between the crop and the targets that make photographs look like no camera's, for a
# target whose light, colours or surroundings are far from the source's
background = dict(type='RandomBackground', prob=0.3, inside=0.5)
texture = dict(type='RandomTexture', prob=0.2)
photometry = dict(type='RandomPhotometry', prob=0.8)
strong_appearance = [background, texture, photometry]
