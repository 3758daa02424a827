"""The Games page: the class against the models, and with them."""
