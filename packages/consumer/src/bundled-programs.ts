import { documentationPages } from "./documents.ts";

/** How a program imports: from the packages, from the entries of `tapegrad`, or from its namespaces. */
export type Imports = "packages" | "entries" | "namespaces";

const imports: Readonly<Record<Imports, (compile: string) => string>> = {
  packages: (compile) => `
    ${compile === "" ? "" : 'import { compile } from "@tapegrad/compile";'}
    import { Dense, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
    import { crossEntropy } from "@tapegrad/nn/functional";
    import { Adam } from "@tapegrad/optim";
    import { manualSeed, randn, tensor } from "@tapegrad/tensor";
  `,
  entries: (compile) => `
    import { ${compile} manualSeed, randn, tensor } from "tapegrad";
    import { Dense, LayerNorm, ReLU, Sequential } from "tapegrad/nn";
    import { crossEntropy } from "tapegrad/nn/functional";
    import { Adam } from "tapegrad/optim";
  `,
  namespaces: (compile) => `
    import { ${compile} manualSeed, nn, optim, randn, tensor } from "tapegrad";
    const { Dense, LayerNorm, ReLU, Sequential } = nn;
    const { crossEntropy } = nn.functional;
    const { Adam } = optim;
  `,
};

/** Trains a network of the size of the digits, eager or compiled; prints the last loss. */
export function mlp(from: Imports, mode: "eager" | "compiled"): string {
  const isCompiled = mode === "compiled";
  return `
    ${imports[from](isCompiled ? "compile," : "")}
    manualSeed(0);
    const model = new Sequential(new Dense(64, 32), new LayerNorm(32), new ReLU(), new Dense(32, 10));
    const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
    const x = randn([32, 64]);
    const y = tensor(Array.from({ length: 32 }, (_, i) => i % 10), { dtype: "int32" });
    const step = ${isCompiled ? "compile" : ""}((x, y) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    for (let i = 0; i < 20; i++) step(x, y);
    console.log(step(x, y).item() < 0.2);
  `;
}

/** The README's example as it stands there, but that it hands its accuracy to `report`. */
export function readmeExample(): string {
  const code = documentationPages().find(({ file }) => file === "README.md")?.blocks[0]?.code ?? "";
  const claim = /^\s*accuracy > 0\.9;.*$/m;
  if (!claim.test(code)) throw new Error(`readmeExample: expected ${claim} in the README, got ${code}`);
  return code.replace(claim, "globalThis.report(accuracy);").replaceAll(/: Tensor\b|, type Tensor\b/g, "");
}
