"""What every model of the next character answers, what names one, how it draws."""
