"""Stories: people reach what they came for, by one door each, on a real server with a real prize."""
