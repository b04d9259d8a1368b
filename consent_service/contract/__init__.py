"""The public face of the consent service: terms, flags, decisions, ledger answers and the methods that carry them."""
