"""The Bridge page: from the LSTM to large language models, on one prompt and one axis."""
