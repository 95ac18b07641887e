"""Eyes and hand: a page goes in, steps come out. Imports no other package of this project."""
