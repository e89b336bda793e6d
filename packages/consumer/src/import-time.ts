// Times `import "tapegrad"` as users get it, as a whole process, beside an empty program: medians of alternating runs.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack, unpack } from "./pack.ts";

const runs = 21;
const folder = mkdtempSync(join(tmpdir(), "tapegrad-import-"));

function secondsOf(program: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

try {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  await unpack(await pack(join(folder, "tarballs")), modules);
  const programs = { empty: "", tapegrad: 'import "tapegrad";' };
  const times: Record<string, number[]> = {};
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, `${name}.mjs`), text);
  for (let run = 0; run < runs; run++) {
    for (const name of Object.keys(programs)) (times[name] ??= []).push(secondsOf(`${name}.mjs`));
  }
  for (const [name, values] of Object.entries(times)) {
    console.log(`${name.padEnd(8)} ${median(values).toFixed(3)} s, best ${Math.min(...values).toFixed(3)} s`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
