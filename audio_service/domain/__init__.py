"""Pure decisions of the audio service: the life of a job, and the ports its steps need."""
