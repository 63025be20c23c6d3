"""What all tests stand on: databases, guards, people and a small challenge."""
