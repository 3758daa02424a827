"""The page on why attention replaced recurrence: what is remembered, and what that costs."""
