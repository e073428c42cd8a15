# TigDog's 18 keypoints, for data sets that do not know them
import importlib

animal18 = importlib.import_module('mmpose_addons_core.keypoints.animal18').METAINFO
