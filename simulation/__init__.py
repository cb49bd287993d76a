"""The virtual day: the production router on a virtual clock, fed with a recorded day or with given traffic.

    draws       log-normal handle times, patience with its peaks, arrivals
    traffic     callers, staff, and the scenario a day is made of
    recorded    a scenario out of the event log
    day         `simulate(scenario, seed) -> DayResult`
    compare     two results side by side, and who pays

The same seed gives the same day. Everything that happens to a caller by chance is drawn from the caller's own
stream, so that two runs under different rules differ by the rules only.
"""
