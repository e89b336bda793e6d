/** Items in runs of at most `maxBytes` together; one that has more stands alone. */
export function runsOf<T>(items: Iterable<T>, bytesOf: (item: T) => number, maxBytes: number): T[][] {
  const runs: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += bytesOf(item);
    if (runs.length === 0 || bytes > maxBytes) {
      runs.push([]);
      bytes = bytesOf(item);
    }
    runs.at(-1)!.push(item);
  }
  return runs;
}
