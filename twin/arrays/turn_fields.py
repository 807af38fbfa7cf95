"""Columns of a turn: the lot by product (place) and serial, the step (place) that it is taken for, NONE: any."""

TU_PRODUCT, TU_SERIAL, TU_STEP = 0, 1, 2
TURN_FIELDS = 3
