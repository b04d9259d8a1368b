"""Measurements with goals: ``make bench``. Each module measures one thing and writes ``out/bench/<name>.json``."""
