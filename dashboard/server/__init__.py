"""What serves all sessions: the door, whose turn the engine is, work behind the pages."""
