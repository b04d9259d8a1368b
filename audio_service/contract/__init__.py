"""The public face of the audio service: timed speech, voices, beds, and the jobs that make them."""
