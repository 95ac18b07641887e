"""Delivers films of batches: each is sent to a presigned address, and dropped here once it has arrived."""
