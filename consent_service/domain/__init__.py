"""The consent service's decisions: pure folds and rules over events. No clock, no I/O; ``now`` comes in."""
