"""Carries new checkpoints to the witnesses of the policy and keeps what they sign. It holds no key of its own."""
