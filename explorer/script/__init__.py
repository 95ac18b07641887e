"""Film scripts: steps as records, loading, variables, targets, and the runner that plays them."""
