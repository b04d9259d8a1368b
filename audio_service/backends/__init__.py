"""Engines that make sound: speech, shaping, beds, the mix. They know no queue and no database."""
