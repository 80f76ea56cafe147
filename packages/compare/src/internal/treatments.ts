/** The vendor's own split, in the order of the numbers it is kept by. */
export const treatments = ["Treatment", "Control", "None", "Unknown"] as const
