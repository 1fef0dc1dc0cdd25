/** The rooms of plugin/src, in the order in which imports may go. */
export const rows: readonly (readonly string[])[];
