"""What a class plays against the models: telling them from Molière, and guessing his letters."""
