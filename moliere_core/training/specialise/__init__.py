"""A GPT that is continued on another text (fine-tuning), in a process of its own, without torch."""
