"""What a site needs to trust the product: redaction, the audit trail, its own signed policy."""
