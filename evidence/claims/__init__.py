"""What a page claims, and every way to put it to the test."""
