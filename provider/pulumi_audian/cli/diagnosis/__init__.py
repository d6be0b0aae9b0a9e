"""The parts of `audian doctor`: what each looks at, and what it says of it."""
