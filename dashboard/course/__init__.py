"""The Lesson plan page: two timed paths through the application, a quiz, what to take home."""
