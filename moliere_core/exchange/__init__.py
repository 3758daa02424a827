"""What comes in from elsewhere and goes out: Keras files, archives of runs."""
