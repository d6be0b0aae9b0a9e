"""Rules for the Audian accounts that a Pulumi program declares."""
