"""The page in view: its elements, frames, snapshots, and whether it has settled."""
