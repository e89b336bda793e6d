import { chromium, isLeftOut, runInBrowser } from "@tapegrad/testing/browsers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bundle } from "../../compile/test/bundle.ts";

const file = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));

const dataset = `
  const rows = Float32Array.from({ length: 60 }, (_, i) => i);
  export default {
    length: 20,
    get: (index, epoch) => {
      if (index === 13 && epoch === 1) throw new RangeError("no such row");
      return [rows.subarray(3 * index, 3 * index + 3), index + epoch];
    },
  };
`;

const program = `
  import { DataLoader, serveDataset } from ${file("../src/index.ts")};
  import dataset from "/dataset.js";

  async function read(workers, module) {
    const loader = new DataLoader(dataset, { batchSize: 3, shuffle: true, seed: 0, workers, module });
    const seen = [];
    for await (const [x, y] of loader) seen.push(x.toArray(), y.toArray());
    try {
      for await (const [, y] of loader) seen.push(y.toArray());
    } catch (error) {
      seen.push((error.cause ?? error).message, workers === 0 ? 13 : error.index);
    }
    return JSON.stringify(seen);
  }

  // The same file is the worker that has its own data set.
  if (globalThis.document === undefined) serveDataset(dataset);
  else {
    const url = new URL("/dataset.js", location.href);
    const own = () => new Worker("/module.js", { type: "module" });
    const here = await read(0);
    report([here.includes("no such row"), (await read(2, url)) === here, (await read(2, own)) === here]);
  }
`;

it.skipIf(isLeftOut(chromium))("workers give the same batches and errors in Chromium, isolated or not", async () => {
  const code = await bundle(program.replace('import dataset from "/dataset.js";', ""));
  const scripts = { "/module.js": `import dataset from "/dataset.js";\n${code}`, "/dataset.js": dataset };
  expect(await runInBrowser(chromium, { scripts, isolated: true, timeout: 60_000 })).toEqual([true, true, true]);
  // Without shared memory nobody knows more than what the worker says.
  expect(await runInBrowser(chromium, { scripts, isolated: false, timeout: 60_000 })).toEqual([true, true, true]);
});
