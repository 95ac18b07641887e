"""How long it takes to decide what each frame of a film shows, which a take does again after every step."""

import time
from typing import Literal

from tests.video.support.takes import random_take
from video.editing.compose import compose
from video.style import Style

FPS: Literal[60] = 60
FRAMES_PER_MINUTE = 60 * FPS


def composing_ms() -> float:
    """CPU milliseconds for a minute of film."""
    take, frames, _ = random_take(5, rounds=30, fps=FPS)
    began_s = time.process_time()
    film = compose(take, frames, Style(fps=FPS))
    return (time.process_time() - began_s) * 1000 * FRAMES_PER_MINUTE / film.film_frames
