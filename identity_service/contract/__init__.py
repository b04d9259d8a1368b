"""The public face of the identity service: partners, operators, subjects and the library of reference assets."""
