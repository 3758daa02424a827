"""What is made of bits per character: surprise, context, openings, pairs, the one axis."""
