-- Roots signed for COSE receipts (RFC 9942): by which key (its four-byte id), over the checkpoint of which size. The proof is
-- made when somebody asks.
CREATE TABLE receipt_signatures (
    size      bigint NOT NULL REFERENCES checkpoints (size) CHECK (size >= 2),
    kid       bytea  NOT NULL CHECK (octet_length(kid) = 4),
    signature bytea  NOT NULL CHECK (octet_length(signature) = 64),
    PRIMARY KEY (size, kid)
);
SELECT append_only('receipt_signatures');
