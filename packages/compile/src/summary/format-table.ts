/** Cells longer than this are broken between words. */
const widest = 44;

/** Aligned columns under a line of titles; long cells go on below. */
export function formatTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const wrapped = [titles, ...rows].map((row) => row.map(wrap));
  const widths = titles.map((_, column) =>
    Math.max(...wrapped.flatMap((row) => (row[column] ?? []).map((line) => line.length))),
  );
  const lines = wrapped.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, column) => (row[column]?.[line] ?? "").padEnd(width))
        .join("  ")
        .trimEnd(),
    );
  });
  const height = Math.max(...(wrapped[0] ?? []).map((cell) => cell.length));
  return [...lines.slice(0, height), widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(height)].join(
    "\n",
  );
}

function wrap(cell: string): string[] {
  const lines = [""];
  for (const word of cell.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= widest) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
