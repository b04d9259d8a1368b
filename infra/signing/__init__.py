"""Where private keys are kept, behind the kernel's ``Signer`` port: files, sealed files, PKCS#11 tokens.

A key service in the cloud is one more implementation of the same port (``public``, ``sign``): it is the deployer's to
write, with the credentials of its own environment, and is handed to the sequencer like the others.
"""

from infra.signing.opening import open_signer

__all__ = ["open_signer"]
