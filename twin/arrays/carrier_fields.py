"""Columns of carriers, as those of `twin.arrays.fields`: in a world, in a lot, in the line's memory."""

# Carriers of one kind; the first CARRIER_TOTALS columns are totals: carriers that lots hold, that are on their way back
# and that there are at all, each times ticks; ticks during which none was free, times one was taken, ticks that lots
# waited for one, lots that did. Then how many there are, are held, are on their way back; whether none is free; how
# many ways back were drawn, the stream they are drawn from.
CA_AREA, CA_BACK_AREA, CA_THERE_AREA, CA_OUT, CA_TAKEN, CA_WAIT, CA_WAITED = range(7)
CARRIER_TOTALS = 7
CA_COUNT, CA_USED, CA_BACK, CA_NONE, CA_DRAWS, CA_KEY, CA_CONST = range(CARRIER_TOTALS, CARRIER_TOTALS + 7)
CARRIER_FIELDS = CARRIER_TOTALS + 7
# Columns of a lot of a line with carriers, from H_CARRIED on: the kinds that it is without, as bits; the tick since
# which the want of one alone keeps it from a tool, and of which kind.
LX_WITHOUT, LX_LACKS, LX_LACKED = range(3)
LOT_CARRIER_FIELDS = 3

# The line's memory begins with where they are: H_CARRIED is the column of what a lot knows of carriers, NONE without
# any, H_CARRIERS where a world's kinds of them begin, H_KINDS how many there are.
# A kind of carriers: how many there are, the most of any phase, the law of the way back, its stream, the toolgroups at
# which it is taken.
CR_COUNT, CR_MOST, CR_LAW, CR_KEY, CR_GROUP, CR_GROUPS = range(6)
CARRIER_CONSTANTS = 6
