/** A line on standard error that tells how many bytes have come. */
export interface ProgressLine {
  /** Draws it anew, at most ten times a second. */
  readonly update: (received: number, total: number | undefined) => void;
  /** Leaves the cursor on a line of its own. */
  readonly end: () => void;
}

/**
 * A line that is drawn over itself in a terminal, and not at all elsewhere: there the line that something is fetched says
 * enough.
 */
export function progressLine(shown: boolean): ProgressLine {
  const { stderr } = globalThis.process;
  const isShown = shown && stderr.isTTY;
  let drawn = -Infinity;
  return {
    update(received, total) {
      if (!isShown) return;
      const now = performance.now();
      if (now - drawn < 100 && received !== total) return;
      drawn = now;
      const share = total === undefined ? "" : ` of ${megabytes(total)}, ${Math.floor((100 * received) / total)} %`;
      stderr.write(`\r  ${megabytes(received)}${share}\u{1b}[K`);
    },
    end() {
      if (drawn > -Infinity) stderr.write("\n");
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
