"""What a check leaves behind, and how it and the figures are drawn."""
