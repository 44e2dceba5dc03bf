"""Who asks much, of many things, at length, and orders for much: the relational buyers."""
