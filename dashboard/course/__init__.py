"""The Lesson plan page: three timed paths through the application, a quiz, what to take home."""
