"""Makes films: footage, timeline, composition, rendering and encoding. Imports no other package of this
project.
"""
