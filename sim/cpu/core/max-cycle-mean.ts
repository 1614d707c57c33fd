/**
 * Greatest mean weight of a cycle in a directed graph of `n` nodes: `weights[from * n + to]`, -Infinity where there is no edge.
 * 0 where there is no cycle of positive weight. R. M. Karp, "A characterization of the minimum cycle mean in a digraph", 1978,
 * with walks that may start at any node.
 */
export const maxCycleMean = (weights: Float64Array, n: number): number => {
  /** Heaviest walk of k edges to each node, by k. */
  const walks = new Float64Array((n + 1) * n).fill(-Infinity)
  walks.fill(0, 0, n)
  for (let k = 1; k <= n; k++) {
    for (let from = 0; from < n; from++) {
      const before = walks[(k - 1) * n + from]
      if (before === -Infinity) continue
      for (let to = 0; to < n; to++) {
        const weight = before + weights[from * n + to]
        if (weight > walks[k * n + to]) walks[k * n + to] = weight
      }
    }
  }
  let most = 0
  for (let node = 0; node < n; node++) {
    const longest = walks[n * n + node]
    if (longest === -Infinity) continue
    let least = Infinity
    for (let k = 0; k < n; k++) {
      const shorter = walks[k * n + node]
      if (shorter !== -Infinity) least = Math.min(least, (longest - shorter) / (n - k))
    }
    most = Math.max(most, least)
  }
  return most
}
