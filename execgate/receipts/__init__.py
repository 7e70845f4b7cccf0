"""Authority Receipts: canonical form, Merkle log, checkpoint, verification."""
