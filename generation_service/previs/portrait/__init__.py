"""A talking head from one picture: mesh, displacement bases, mouth, eyes, motion."""
