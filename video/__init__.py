"""The film: footage, timeline, cut and encoding. Imports no other package of this project."""
