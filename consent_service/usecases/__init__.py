"""The consent service's operations, each the steps of one command against ports. No framework, no SQL."""
