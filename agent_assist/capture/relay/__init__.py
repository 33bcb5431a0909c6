"""A door for self-hosted desks on this machine: their webhooks, checked, become windows of the stream."""
