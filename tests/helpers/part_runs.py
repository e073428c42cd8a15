"""Runs of ``infer`` by parts, to compare with runs at once."""

from functools import partial
from pathlib import Path

from helpers.brightness_network import BrightnessNetwork
from helpers.media import comparable
from mmpose_addons_runtime.infer import infer
from mmpose_addons_runtime.jobs import Job, run_here
from mmpose_addons_runtime.output_plan import plan_outputs
from mmpose_addons_runtime.part_store import PartStore
from mmpose_addons_runtime.parts import RunOptions
from mmpose_addons_runtime.resumable import infer_parts
from mmpose_addons_runtime.sources import find_sources, split_sources
from mmpose_addons_runtime.topdown import TopdownPipeline


class Run:
    """A run of ``infer`` by parts into a folder."""

    def __init__(self, inputs, out, detector=None, **options):
        self.sources, _ = find_sources(inputs)
        self.videos, images = options.pop('videos', False), options.pop('images', True)
        self.options = RunOptions(**options)
        self.plan = plan_outputs(
            inputs,
            self.sources,
            Path(out),
            images=images and not self.videos,
            videos=self.videos,
        )
        self.network = BrightnessNetwork()
        self.detector = detector
        whole = bool(self.options.track or self.options.smooth or self.videos)
        self.parts = split_sources(self.sources, whole)
        self.store = PartStore(Path(out), options, self.sources, self.plan)
        self.said = []

    def pipeline(self):
        return TopdownPipeline(self.network, self.detector)

    def job(self, stop_on_error=False):
        return Job(
            self.sources,
            self.plan,
            self.store,
            self.options,
            self.pipeline,
            self.network.metadata,
            stop_on_error=stop_on_error,
        )

    def in_parts(self, stop=None, run=None, **more):
        return infer_parts(
            self.parts,
            self.sources,
            self.plan,
            self.store,
            run or partial(run_here, self.job(), stop=stop),
            say=self.said.append,
            **more,
        )

    def at_once(self, **more):
        options = dict(track=self.options.track, smooth=self.options.smooth)
        return infer(self.sources, self.plan, self.pipeline(), **options, **more)


def files_of(out):
    return {
        str(file.relative_to(out)): comparable(file)
        for file in sorted(Path(out).rglob('*'))
        if file.is_file() and '.infer_parts' not in file.parts
    }
