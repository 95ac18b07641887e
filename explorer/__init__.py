"""Explores a website on camera: takes a `Brief`, yields the steps that were made, and ends with a `Trace`.

Imports no other package of this project. `engine.composition.build_explorer` is the entry point. Its
sub-packages, each of which imports only from those before it and from the modules of this folder:

1. `languages`: what websites say, by language; `egress`: which addresses may be reached;
   `forms`: what goes into a field
2. `guardrails`: what is never clicked, filled in or visited
3. `browser`: launches Chromium and opens sessions
4. `page`: elements, frames and snapshots of the page in view
5. `blocks`: recognizes pages that cannot be filmed; `input`: mouse, scrolling and typing;
   `state`: what is known of the site so far
6. `navigation`: goes to addresses and back; `overlays`: dismisses what lies over a page;
   `planning`: chooses the next click
7. `lookahead`: tries clicks off camera
8. `engine`: runs an exploration from its start page to its last click
"""
