"""The server as a whole, under what people send it."""
