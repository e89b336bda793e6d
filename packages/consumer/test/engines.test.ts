import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { documentationPages } from "../src/documents.ts";
import { engines } from "../src/engines.ts";
import { makeProject } from "../src/project.ts";
import { run } from "../src/run.ts";
import { strictest, typeErrors } from "../src/typescript.ts";

const threads = `
import { compile, manualSeed, nn, optim, randn } from "tapegrad";

manualSeed(0);
const model = new nn.Sequential(new nn.Dense(256, 256), new nn.LayerNorm(256), new nn.ReLU(), new nn.Dense(256, 256));
const optimizer = new optim.Adam(model.parameters());
const x = randn([256, 256]);
const step = compile(
  () => {
    optimizer.zeroGrad();
    const loss = model.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  },
  { threads: 2, deterministic: true },
);
const losses = [];
for (let i = 0; i < 40; i++) {
  losses.push(step().item());
  await new Promise((resolve) => setTimeout(resolve, 5)); // lets the second thread come
}
console.log(losses.join());
`;

describe.each(engines)("on $name", ({ program, args }) => {
  let folder = "";
  const output = async (script: string): Promise<string> => {
    const { code, stdout, output } = await run(program, [...args, script], { cwd: folder });
    expect(code, output).toBe(0);
    return stdout.trim();
  };

  beforeAll(async () => {
    const example = documentationPages().find(({ file }) => file === "README.md")?.blocks[0]?.code ?? "";
    const compilerOptions = { ...strictest, lib: ["es2022", "dom"], rootDir: ".", outDir: "out" };
    folder = makeProject("engines", {
      installed: ["tapegrad"],
      files: {
        "tsconfig.json": JSON.stringify({ compilerOptions, include: ["example.ts"] }),
        "example.ts": example.replace(/^(\s*)(accuracy > [\d.]+); \/\/ => true$/m, "$1console.log($2);"),
        "threads.js": threads,
      },
    });
    expect(await typeErrors("typescript", folder)).toBe("");
  });

  it("trains as the README says", async () => {
    expect(await output(join("out", "example.js"))).toBe("true");
  });

  it("trains compiled on two threads, to the same bits as this Node, and ends", async () => {
    const here = await run(process.execPath, ["threads.js"], { cwd: folder });
    const losses = await output("threads.js");
    expect(losses.split(",")).toHaveLength(40);
    expect(losses).toBe(here.stdout.trim());
  });
});
