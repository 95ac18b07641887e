"""Overlays: cookie banners, tours, dialogs and menus, and how each is closed."""
