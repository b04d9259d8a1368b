"""Files that every evidence pack carries as they are: checkers that need nothing of Assent."""
