"""Stack files checked by themselves: without the engine, a credential or the network."""
