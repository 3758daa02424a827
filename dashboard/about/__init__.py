"""For the school: what a head teacher asks before a class opens the application."""
