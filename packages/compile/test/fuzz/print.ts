import type { InputSpec, Program, Step } from "./program.ts";

/** A program as code that a person can read and run. */
export function printProgram(program: Program): string {
  const { inputs, steps, results, updates, zeroGrad, separate } = program;
  const args = inputs.filter(({ source }) => source === "argument").map(({ name }) => name);
  const leaves = inputs.filter(({ grad }) => grad).map(({ name }) => name);
  const backward = separate
    ? results.map((name) => `${name}.backward(cotangents.${name}, { retainGraph: true }); // if it requires gradients`)
    : [
        `${results.map((name) => `${name}.mul(cotangents.${name}).sum()`).join(" + ")}.backward(); // those that require gradients`,
      ];
  const body = [
    ...(zeroGrad ? leaves.map((name) => `${name}.grad = undefined;`) : []),
    ...steps.map(printStep),
    ...(leaves.length > 0 && results.length > 0 ? backward : []),
    ...updates.map(({ target, value }) => `assign(${target}, ${value}.detach());`),
    `return [${results.join(", ")}];`,
  ];
  return [
    ...inputs.map(printInput),
    `const step = compile((${args.join(", ")}${args.length > 0 ? ", " : ""}cotangents) => {`,
    ...body.map((line) => `  ${line}`),
    "});",
    `// ${JSON.stringify(program)}`,
  ].join("\n");
}

function printInput({ name, source, shape, dtype, domain, grad, coarse }: InputSpec): string {
  const range = `${source}, in [${domain.join(", ")}]${coarse ? ", multiples of a half" : ""}`;
  return `const ${name} = ${dtype}([${shape.join(", ")}])${grad ? ".requiresGrad_()" : ""}; // ${range}`;
}

function printStep(step: Step): string {
  switch (step.kind) {
    case "apply":
      return `const [${step.outputs.join(", ")}] = apply("${step.name}", [${step.inputs.join(", ")}], ${JSON.stringify(step.attrs)});`;
    case "constant":
      return `const ${step.output} = tensor([${step.data.join(", ")}], { shape: [${step.shape.join(", ")}], dtype: "${step.dtype}" });`;
    case "random":
      return `const ${step.output} = ${step.how}(${step.how === "randint" ? "0, 7, " : ""}[${step.shape.join(", ")}], { generator, dtype: "${step.dtype}" });`;
    case "check":
      return `expectElements(${step.input}, { within: [[${step.within.join(", ")}]], orNaN: true, error });`;
    case "detach":
      return `const ${step.output} = ${step.input}.detach();`;
    case "assign":
      return `assign(${step.target}, ${step.value}.detach());`;
  }
}
