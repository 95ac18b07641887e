"""Webhooks: deliveries that are due, sent with retries."""
