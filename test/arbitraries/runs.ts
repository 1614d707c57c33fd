/** Runs of each property; raise it with the environment variable SPARSIM_FC_RUNS, e.g. before a release. */
export const runs = Number(process.env.SPARSIM_FC_RUNS ?? 1000)
