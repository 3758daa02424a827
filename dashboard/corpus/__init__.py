"""The Corpus page: what the plays are made of, before any network reads them."""
