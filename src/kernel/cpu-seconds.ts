/** Processor time of this process; user and system together, since only their sum is exact on Linux. */
export const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1e-6
}
