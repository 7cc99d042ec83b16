"""Reading and running chapters."""
