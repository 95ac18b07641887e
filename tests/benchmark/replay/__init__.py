"""Recordings of Chrome's DevTools Recorder, played by its reference runner and by us: the same end state?"""
