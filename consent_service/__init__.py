"""The consent ledger: who permitted what, which features are on, what ran because of it."""
