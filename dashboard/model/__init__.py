"""The Model page: the network on paper, and what it costs and knows before it learns."""
