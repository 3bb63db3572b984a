/**
 * cpuTimeMs is the CPU time that this process has used, in milliseconds, all its threads included (so that garbage
 * collection and compilation on other threads count). Unlike wall time it does not count what other programs on the
 * machine take away; Linux brings it up to date at each call.
 */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
