"""Install the Pulumi engine that the project is tested with."""
