"""What ``hub bench`` runs: one module for each figure that the product measures of itself."""
