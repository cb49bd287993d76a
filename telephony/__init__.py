"""Call control: one port, several back ends, and the pure core that drives them."""
