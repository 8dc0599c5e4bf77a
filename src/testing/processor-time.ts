/**
 * Milliseconds of processor time that some work takes; the clock on the wall would stand for everybody else's work as well.
 * The best of five: the first runs pay for compiling, and any for what the collector does meanwhile.
 */
export function processorTime(work: () => unknown): number {
  const run = (): number => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user / 1000;
  };
  return Math.min(...Array.from({ length: 5 }, run));
}
