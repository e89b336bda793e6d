import process from "node:process";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { parsers } from "./parsers/parsers.ts";

// pnpm fuzz -- --inputs 10000000 --seed 7 --parser npz
const { values } = parseArgs({
  args: process.argv.slice(2).filter((each) => each !== "--"),
  options: {
    inputs: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    first: { type: "string", default: "0" },
    parser: { type: "string" },
  },
});
const [seed, first, inputs] = [Number(values.seed), Number(values.first), Number(values.inputs)];
const before = process.resourceUsage().maxRSS;
for (const parser of parsers.filter(({ name }) => values.parser === undefined || name === values.parser)) {
  const start = performance.now();
  const { accepted, slowest, largest } = fuzz(parser, { seed, first, inputs });
  console.log(
    `${parser.name}, seed ${seed}: ${inputs} inputs, ${accepted} read, ${inputs - accepted} refused; ` +
      `at most ${slowest[0].toFixed(0)} ms (input ${slowest[1]}) and ${(largest[0] / 2 ** 20).toFixed(1)} MiB ` +
      `(input ${largest[1]}); ${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
}
const { maxRSS } = process.resourceUsage();
console.log(`at most ${((maxRSS - before) / 1024).toFixed(0)} MiB more than at the start`);
