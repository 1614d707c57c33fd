/** What to call predictors. */
import type { Manifest } from "../../sim/trace/manifest.ts"

const withTwins = (labels: readonly string[]): readonly boolean[] =>
  labels.map((label) => labels.filter((other) => other === label).length > 1)

/** Names of machines; where two are the same their ids are added, and then their places. */
export const predictorLabels = (manifests: readonly Manifest[]): readonly string[] => {
  const names = manifests.map(({ machine }) => machine.name)
  const named = withTwins(names)
  const withIds = names.map((name, i) => (named[i] ? `${name} (${manifests[i].machine.id})` : name))
  const still = withTwins(withIds)
  return withIds.map((label, i) => (still[i] ? `${label} ${i + 1}` : label))
}
