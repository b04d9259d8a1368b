"""A witness: a process with a key and a store of its own that cosigns what continues all it has seen before.

It speaks C2SP tlog-witness v1.0.0 and can be run by anybody, for any log: nothing in here reads the ledger's database.
"""
