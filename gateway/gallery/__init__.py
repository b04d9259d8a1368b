"""The gallery: every film of ``examples/gallery.json``, made through HTTP, with what was measured."""
