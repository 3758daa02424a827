"""What a written text is worth: is it quoted, are its words words, is it verse."""
