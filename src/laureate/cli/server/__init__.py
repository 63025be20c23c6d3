"""Commands that talk to a Laureate server through its REST API."""
