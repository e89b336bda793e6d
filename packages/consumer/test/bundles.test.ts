import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Imports, mlp } from "../src/bundled-programs.ts";
import { type Bundler, bundlers, byEsbuild, gzipped } from "../src/bundlers.ts";
import { makeProject } from "../src/project.ts";
import { node } from "../src/run.ts";

const installed = [
  "tapegrad",
  "@tapegrad/autograd",
  "@tapegrad/compile",
  "@tapegrad/nn",
  "@tapegrad/optim",
  "@tapegrad/tensor",
];

async function bundle(bundler: Bundler, program: string): Promise<Map<string, string>> {
  const folder = makeProject("bundles", { installed, files: { "main.js": program } });
  return bundler({ folder, entry: "main.js" });
}

/** What a program prints, bundled for production and not. */
async function printed(bundler: Bundler, program: string): Promise<{ bundled: string; unbundled: string }> {
  const folder = makeProject("bundles", { installed, files: { "main.js": program } });
  const unbundled = await node(["main.js"], { cwd: folder });
  const [[, code]] = (await bundler({ folder, entry: "main.js" })) as unknown as [[string, string]];
  writeFileSync(join(folder, "bundle.mjs"), code);
  return { bundled: await node(["bundle.mjs"], { cwd: folder }), unbundled };
}

const leaf = "const x = tensor([1, 2], { requiresGrad: true });";
const back = "console.log(x.grad.toArray().join());";
const programs: Readonly<Record<string, string>> = {
  "tensor alone": `import { tensor } from "tapegrad"; ${leaf} x.square().sum().backward(); ${back}`,
  "an entry that needs no tape": `
    import { tensor } from "@tapegrad/tensor"; import { torch } from "tapegrad/nn/presets";
    ${leaf} x.mul(torch.layerNorm.eps).sum().backward(); ${back}`,
  "a function of nn": `
    import { tensor } from "@tapegrad/tensor"; import { functional } from "@tapegrad/nn";
    ${leaf} functional.relu(x).sum().backward(); ${back}`,
  "a function of an entry": `
    import { tensor } from "@tapegrad/tensor"; import { relu } from "@tapegrad/nn/functional";
    ${leaf} relu(x).sum().backward(); ${back}`,
  "a layer": `
    import { tensor } from "@tapegrad/tensor"; import { Dense } from "@tapegrad/nn";
    const { weight: x } = new Dense(2, 1);
    x.square().sum().backward(); console.log(x.grad.shape.join());`,
  "compile, called from tapegrad": `
    import { compile, tensor } from "tapegrad";
    ${leaf} compile(() => x.square().sum().backward())(); ${back}`,
  "names of errors and layers": `
    import { tensor } from "tapegrad"; import * as nn from "tapegrad/nn"; import * as optim from "tapegrad/optim";
    const model = new nn.Sequential(new nn.Dense(2, 3), new nn.BatchNorm(3), new nn.Dropout(), new nn.Activation("gelu"));
    console.log(String(model));
    const attempts = [
      () => model.forward(tensor([1])), () => new nn.Conv2d(1, 2, {}), () => new optim.Adam(3), () => tensor([1]).backward(),
      () => new nn.Dense(2, 3, { initial: 1 }), () => nn.functional.crossEntropy(tensor([1]), tensor([1])),
      () => tensor([1]).add(new nn.Dense(1, 1)), () => new nn.Sequential(new optim.SGD([tensor([1], { requiresGrad: true })])),
    ];
    for (const attempt of attempts) { try { attempt(); } catch (error) { console.log(String(error)); } }`,
};

/** What a network of the size of the digits, with its training, may take when it is sent. */
const mostKilobytes: Readonly<Record<string, { readonly eager: number; readonly compiled: number }>> = {
  vite: { eager: 76.2, compiled: 170.6 },
  esbuild: { eager: 79.1, compiled: 177.3 },
  webpack: { eager: 75.5, compiled: 170.1 },
};

describe.each(Object.entries(bundlers))("bundled by %s", (name, bundler) => {
  it.each(Object.entries(programs))("does what it does unbundled: %s", async (_what, program) => {
    const { bundled, unbundled } = await printed(bundler, program);
    expect(unbundled).not.toBe("");
    expect(bundled).toBe(unbundled);
  });

  it.each(["eager", "compiled"] as const)("stays small: %s", async (mode) => {
    const size = async (imports: Imports): Promise<number> => gzipped(await bundle(bundler, mlp(imports, mode)));
    const packages = await size("packages");
    expect(packages).toBeLessThan(mostKilobytes[name]![mode]);
    expect(await size("entries")).toBeLessThan(packages + 0.3);
  });

  it("trains as it does unbundled", async () => {
    const { bundled, unbundled } = await printed(bundler, mlp("namespaces", "compiled"));
    expect([bundled, unbundled]).toEqual(["true\n", "true\n"]);
  });
});

// It reads what Node reads: one file of each entry.
describe("bundled by esbuild for Node", () => {
  it.each(Object.entries(programs))("does what it does unbundled: %s", async (_what, program) => {
    const { bundled, unbundled } = await printed(
      async (files) => new Map([[files.entry, await byEsbuild(files, "esm", "node")]]),
      program,
    );
    expect(bundled).toBe(unbundled);
  });
});

it.each(["vite", "webpack"])("each worker of threads, bundled by %s, is a file of its own", async (name) => {
  const program = `
    import { compile, startWorkersWith, tensor } from "tapegrad";
    const workers = [
      () => new Worker(new URL("@tapegrad/compile/worker", import.meta.url), { type: "module" }),
      () => new Worker(new URL("tapegrad/worker", import.meta.url), { type: "module" }),
    ];
    startWorkersWith(() => workers[Date.now() % 2]());
    console.log(compile(() => tensor([1]).add(1))().item());
  `;
  const [page, ...others] = [...(await bundle(bundlers[name]!, program)).values()];
  // Both are named as files, which are one where a file is named after what it holds.
  expect(page).not.toMatch(/(compile|tapegrad)\/worker/);
  expect(others.length).toBeGreaterThan(0);
  for (const code of others) {
    expect(code).toContain("Atomics.wait");
    expect(code.length).toBeLessThan(3000);
  }
});
