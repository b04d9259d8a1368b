"""The pure kernel: canonical bytes, ids, clocks, errors, keys and RPC descriptions. It does no I/O."""
