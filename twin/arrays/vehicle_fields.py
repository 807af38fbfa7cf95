"""Columns of vehicles and of their network, as those of `twin.arrays.fields`: in a world, in the line's memory."""

# The fleet of a world: the first FLEET_TOTALS columns are totals: vehicles under way with a lot, on their empty way to
# one, taking one up or setting one down, each times ticks; lots set down; lots to which a vehicle came, and ticks that
# these had waited for it to be there. Then how many do what, and the chain of the lots that wait for a vehicle.
FL_LOADED_AREA, FL_EMPTY_AREA, FL_HANDLING_AREA, FL_TRIPS, FL_PICKED, FL_WAIT = range(6)
FLEET_TOTALS = 6
FL_LOADED, FL_EMPTY, FL_HANDLING, FL_HEAD, FL_TAIL = range(FLEET_TOTALS, FLEET_TOTALS + 5)
FLEET_FIELDS = FLEET_TOTALS + 5
# A vehicle: the place (number of its node) where it is or was last, its lot (NONE), what it does, since when.
VE_PLACE, VE_LOT, VE_DOES, VE_SINCE = range(4)
VEHICLE_FIELDS = 4
STANDS, COMES, LOADS, DRIVES, UNLOADS = range(5)
"""What a vehicle does: a trip is all of them, in this order."""
RIDE_FIELDS = 1
"""Columns of a lot of a line with vehicles, from H_RIDE on: the vehicle that carries it or comes for it, NONE yet."""

# A fleet in the line's memory: how many vehicles, ticks to take a lot up and to set it down, whether a free one takes
# the nearest lot, the place where they stand at time 0.
FT_COUNT, FT_LOAD, FT_UNLOAD, FT_NEAREST, FT_START = range(5)
FLEET_CONSTANTS = 5
BY_WAY = 2
"""H_DEPARTS of a line whose transport takes the time of the way."""
# The line's memory begins with where they are: H_WAYS is the table of ways, NONE without a network: the number of
# places, then the ticks from each to each; H_FLEET a fleet's constants, NONE without; H_FLEETS its place in a world,
# the vehicles behind it; H_RIDE the lot's column.
