"""The Next character page: its distribution, and a hand that chooses from it."""
