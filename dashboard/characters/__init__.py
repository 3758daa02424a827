"""The Characters page: from text to integers and back, by character, by token and by byte."""
