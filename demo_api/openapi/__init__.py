"""OpenAPI: the document that describes the API."""
