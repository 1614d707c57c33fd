/** Defaults that the help names, apart from what the commands load. */

/** The machine of `run` and `study` where none is named. */
export const defaultMachine = "sat-vcu1525"

/** The predictor of a branch trace where none is named. */
export const defaultPredictor = "kit_tagescl_64KB"
