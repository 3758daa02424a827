"""What the Bridge page says of its models, of the one axis and of minimal pairs."""
