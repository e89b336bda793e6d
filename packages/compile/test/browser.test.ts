import { chromium, firefox, isLeftOut, runInBrowser, type Site } from "@tapegrad/testing/browsers";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";

/** Trains with `threads` threads; reports which came together, and the bits of all losses and parameters. */
const program = (threads: number, hasThreads: boolean, end: string): string => `
  import "@tapegrad/autograd";
  import { Dense, functional, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
  import { Adam } from "@tapegrad/optim";
  import { Generator, manualSeed, randn, tensor } from "@tapegrad/tensor";
  import { compile, executableOf } from "./src/compile.ts";

  manualSeed(5);
  const model = new Sequential(new Dense(100, 256), new LayerNorm([256]), new ReLU(), new Dense(256, 10));
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  const x = randn([129, 100], { generator: new Generator(1) });
  const y = tensor(Array.from({ length: 129 }, (_, i) => (i * 7) % 10), { dtype: "int32" });
  const step = compile((x, y) => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  }, { threads: ${threads}, deterministic: true });
  const bits = [];
  const used = new Set();
  for (let i = 0; i < 100; i++) {
    bits.push(...new Int32Array(step(x, y).data.slice().buffer));
    used.add(executableOf(step).lastThreads);
    while (i === 1 && ${hasThreads} && executableOf(step).threadsReady < ${threads}) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  for (const { data } of Object.values(model.stateDict())) {
    bits.push(new Int32Array(data.slice().buffer).reduce((hash, word) => (Math.imul(hash, 31) + word) | 0, 0));
  }
  const wrong = y.clone();
  wrong.data[128] = 10;
  let error = "none";
  try { step(x, wrong); } catch ({ message }) { error = message; }
  step(x, y);
  // On a busy machine the workers may have come to none of these.
  while (${hasThreads} && !used.has(${threads})) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    step(x, y);
    used.add(executableOf(step).lastThreads);
  }
  const result = { used: [...used].sort(), bits, error };
  ${end}
`;

/** A module as large as code may be before it is split, most of it a section that engines skip; reports what became of it. */
const largestModule = `
  import { mostBytes } from "./src/wasm/plan-code.ts";

  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0];
  const length = mostBytes - head.length - 5;
  const bytes = new Uint8Array(mostBytes);
  bytes.set(head);
  for (let i = 0; i < 5; i++) bytes[head.length + i] = ((length >>> (7 * i)) & 127) | (i < 4 ? 128 : 0);
  let error = "none";
  try { new WebAssembly.Module(bytes); } catch ({ message }) { error = message; }
  await report(error);
`;

interface Result {
  readonly used: readonly number[];
  readonly bits: readonly number[];
  readonly error: string;
}

async function inNode(): Promise<Result> {
  const code = await bundle(program(1, false, "console.log(JSON.stringify(result));"));
  const { stdout } = spawnSync(process.execPath, ["--input-type=module"], { input: code, encoding: "utf8" });
  return JSON.parse(stdout) as Result;
}

const browsers = [chromium, firefox];
const withoutWasm = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self' blob:";
const withoutBlobs = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

describe.each(browsers)("in $name", (browser) => {
  describe.skipIf(isLeftOut(browser))("a page", () => {
    async function run(text: string, options: Partial<Site> = {}): Promise<unknown> {
      const module = await bundle(text);
      return runInBrowser(browser, {
        isolated: true,
        ...options,
        scripts: { "/module.js": module, ...options.scripts },
      });
    }

    it.each([
      ["one thread", 1, true, [1]],
      ["two threads", 2, true, [1, 2]],
      ["one thread where memory cannot be shared", 2, false, [1]],
    ])("trains to the bits of Node with %s", async (_, threads, isolated, used) => {
      const result = (await run(program(threads, isolated, "await report(result);"), { isolated })) as Result;
      expect(result).toEqual({ ...(await inNode()), used });
      expect(result.error).toMatch(/10/);
    });

    it("starts threads from a file where its policy forbids those from a text", async () => {
      const start = `
        import { startWorkersWith } from "./src/index.ts";
        startWorkersWith(() => new Worker("/worker.js"));
      `;
      const worker = await bundle('import "./src/worker.ts";', { format: "iife" });
      const site = { policy: withoutBlobs, scripts: { "/worker.js": worker } };
      const result = (await run(start + program(2, true, "await report(result);"), site)) as Result;
      expect(result).toEqual({ ...(await inNode()), used: [1, 2] });
    });

    it("says what its policy has to allow for threads, and does without", async () => {
      const told = `
        import { randn } from "@tapegrad/tensor";
        import { compile } from "./src/compile.ts";

        const x = randn([256, 256]);
        const product = compile(() => x.matmul(x), { threads: 2 });
        console.warn = (message) => report([message, product().shape]);
        product();
      `;
      expect(await run(told, { policy: withoutBlobs })).toEqual([
        expect.stringMatching(/^compile: a thread failed \(.*worker-src/),
        [256, 256],
      ]);
    });

    it("says what its policy has to allow for WebAssembly, and runs eagerly without", async () => {
      const refused = `
        import { randn } from "@tapegrad/tensor";
        import { compile } from "./src/compile.ts";

        const x = randn([64, 64]);
        let message = "none";
        try { compile(() => x.matmul(x))(); } catch (error) { message = error.message; }
        await report([message, x.matmul(x).shape]);
      `;
      expect(await run(refused, { policy: withoutWasm })).toEqual([
        expect.stringContaining("Add 'wasm-unsafe-eval' to script-src of the content security policy"),
        [64, 64],
      ]);
    });

    it("compiles on the main thread a module as large as ours may be", async () => {
      expect(await run(largestModule)).toBe("none");
    });
  });
});
