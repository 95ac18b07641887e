"""All bombs, by name."""

from tests.attacks.hostile_pages.bomb import Bomb
from tests.attacks.hostile_pages.catalogue import journeys, prompts, scripts, servers, sizes

BOMBS: dict[str, Bomb] = {
    bomb.name: bomb for part in (prompts, journeys, sizes, scripts, servers) for bomb in part.BOMBS
}
