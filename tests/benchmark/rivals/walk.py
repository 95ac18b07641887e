"""What a script does on the clock pages: on each it looks, scrolls half a screen, looks, and goes on."""

LINKS = ("Second clock", "Third clock")
LOOK_S = 1.5
SCROLL_PX = 500
SCROLL_S = 1.0
