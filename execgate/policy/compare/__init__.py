"""What one policy set permits and another does not, each with the shortest example: `agents.compare`."""
