"""Faces take their poses in a second thread while the first draws what is behind them."""

from concurrent.futures import Future, ThreadPoolExecutor

from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.motion import Track

# A second pair of hands; it also lays the lower half of a person over the picture while the first lays the upper.
HANDS = ThreadPoolExecutor(1, thread_name_prefix="previs-figure")


class Posing:
    """A head that follows a track. What is drawn is the same whether a pose was begun ahead or not."""

    def __init__(self, head: TalkingHead, track: Track) -> None:
        self._head, self._track = head, track
        self._begun: tuple[int, Future[None]] | None = None

    def begin(self, index: int) -> None:
        """Start on the pose of frame ``index``; what was begun before has been waited for."""
        self._begun = index, HANDS.submit(self._pose, index)

    def wait(self, index: int) -> None:
        """The head's canvas shows frame ``index`` from here on; raises what posing raised."""
        begun, self._begun = self._begun, None
        if begun is not None:
            begun[1].result()
        if begun is None or begun[0] != index:
            self._pose(index)

    def _pose(self, index: int) -> None:
        track = self._track
        self._head.pose(track.weights[index], float(track.blink[index]), track.gaze[index])
