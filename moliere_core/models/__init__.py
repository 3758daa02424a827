"""Models of the next character: their protocol, references, sampling, scores, and n-grams."""
