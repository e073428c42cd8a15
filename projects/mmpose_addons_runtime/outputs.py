"""Write the outputs of ``mmpose-addons infer``: results, images and videos."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mmpose_addons_core.image_writing import ImageWriteError, write_image
from mmpose_addons_core.media.video_writer import VideoWriteError, VideoWriter
from mmpose_addons_core.message_texts import shown

from .frames import Frame
from .output_plan import OutputPlan
from .results_file import ResultsFile
from .sources import Source

FRAME_RATE = 25  # frames a second of images that become a video
ANIMATION = Fraction(10), Fraction(1, 1000)  # frames a second and unit of time
STREAM = Fraction(25), Fraction(1, 90000)


class OutputError(OSError):
    """An output cannot be written, so that the run has to stop."""


class Outputs:
    """The open outputs of a run.

    Results and images of a frame are there when :meth:`add` has returned. A video that the
    encoder refuses is given up, and the others go on.

    Args:
        plan: Names.
        sources: The run's sources.

    Raises:
        OutputError: ``results.json`` cannot be made.
    """

    def __init__(self, plan: OutputPlan, sources: Sequence[Source]) -> None:
        self._plan, self._sources = plan, sources
        self.failed: list[str] = []
        """Messages about files that could not be written."""
        self.written: list[Path] = []
        """Results and videos that are complete."""
        self._results: ResultsFile | None = None
        self._video: VideoWriter | None = None
        self._video_of: int | None = None  # number of the input
        if plan.results:
            try:
                self._results = ResultsFile(plan.results)
            except OSError as error:
                raise OutputError(_failure(plan.results, error)) from None

    def add_results(self, results: Sequence[dict[str, Any]]) -> None:
        """Add a frame's results.

        Raises:
            OutputError: They cannot be written; the earlier ones are kept.
        """
        if self._results:
            try:
                self._results.add(results)
            except OSError as error:
                raise OutputError(_failure(self._results.target, error)) from None

    @property
    def draws(self) -> bool:
        """Whether there are images or videos."""
        return bool(self._plan.images or self._plan.videos)

    def add_image(self, frame: Frame, image: np.ndarray, time: float) -> None:
        """Add a frame's image to the folder or to the video of its input.

        Args:
            frame: The frame.
            image: The image, (H, W, 3), uint8, BGR.
            time: Seconds from the start of the input.

        Raises:
            OutputError: It cannot be written.
        """
        source = self._sources[frame.source]
        if self._plan.videos:
            self._add_to_video(frame, source, image, time)
            return
        number = frame.number if source.has_frames else None
        target = self._plan.image_file(frame.source, number)
        try:
            write_image(target, image)
        except ImageWriteError:
            width, height = image.shape[1::-1]
            self.failed.append(f'{shown(target)}: {width} x {height} px do not fit into JPEG')
        except OSError as error:
            raise OutputError(_failure(target, error)) from None

    def _add_to_video(
        self, frame: Frame, source: Source, image: np.ndarray, time: float
    ) -> None:
        if self._video_of != source.input:
            self._close_video()
            self._video_of = source.input
            rate, unit = _rate(source, frame)
            size = image.shape[1], image.shape[0]
            try:
                self._video = VideoWriter(self._plan.videos[source.input], size, rate, unit)
            except VideoWriteError as error:
                self._give_up(error)
        if self._video:
            try:
                self._video.write(image, time)
            except VideoWriteError as error:
                self._give_up(error)

    def _give_up(self, error: VideoWriteError) -> None:
        """Go on without the video, if it is the encoder that has failed and not the disk."""
        if error.errno is not None:
            raise OutputError(str(error)) from None
        self.failed.append(str(error))
        self._close_video()

    def _close_video(self) -> None:
        video, self._video = self._video, None
        if video is None:
            return
        try:
            if video.close():
                self.written.append(video.target)
        except OSError as error:
            self.failed.append(str(error))

    def close(self) -> None:
        """Finish everything; what fails is added to ``failed``."""
        self._close_video()
        results, self._results = self._results, None
        if results:
            try:
                results.close()
                self.written.append(results.target)
            except OSError as error:
                self.failed.append(_failure(results.target, error))


def _rate(source: Source, frame: Frame) -> tuple[Fraction, Fraction | None]:
    """Return a video's frames per second and the unit of its times; None for a frame."""
    if source.kind == 'stream':
        return STREAM
    if source.rate is not None:
        return source.rate, source.time_base
    return ANIMATION if frame.time is not None else (Fraction(FRAME_RATE), None)


def _failure(target: Path, error: OSError) -> str:
    return f'{shown(target)} cannot be written: {error.strerror or error}'
