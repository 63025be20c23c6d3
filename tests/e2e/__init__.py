"""Stories told in a real browser, to a real server."""
