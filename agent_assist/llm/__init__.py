"""Language models: the shelf they lie on and the worker that runs them."""
