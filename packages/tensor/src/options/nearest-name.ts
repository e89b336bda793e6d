/** `LeakyReLU`, `leakyRelu` and `leaky_relu` are one name. */
export function plainName(name: string): string {
  return name.replaceAll(/[_\s-]/g, "").toLowerCase();
}

/** Levenshtein's distance: how many characters have to be inserted, removed or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The name that is nearest to a misspelled one, or undefined when none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.ceil(0.4 * name.length);
  for (const candidate of names) {
    const distance = editDistance(plainName(name), plainName(candidate));
    if (distance <= least) [nearest, least] = [candidate, distance - 1];
  }
  return nearest;
}
