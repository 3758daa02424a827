"""The Lesson plan page: its settings with an address and its views."""
