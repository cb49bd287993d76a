"""The simulated back end: virtual callers and agents' phones on whatever clock it is given."""
