"""Networks in NumPy, what they are before they are trained, and the Keras model."""
