"""Live accounts as the declarations that keep them as they are: pure, from documents to text."""
