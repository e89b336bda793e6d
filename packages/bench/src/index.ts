import process from "node:process";
import { Contender } from "./protocol/contender.ts";
import { rows } from "./rows/rows.ts";
const here = new URL("./", import.meta.url).pathname;
for (const row of rows.filter((r) => process.argv[2] === undefined || r.name.includes(process.argv[2]))) {
  console.log(row.name);
  for (const [name, file, args, env] of [
    ["eager", process.execPath, [here + "ours/serve-ours.js", "eager"], {}],
    ["compiled", process.execPath, [here + "ours/serve-ours.js", "compiled", "1"], {}],
    ["torch", "/usr/bin/python3", [here + "../peers/pytorch.py", "1"], { OMP_NUM_THREADS: "1" }],
  ] as const) {
    const c = new Contender({ file, args, env }, 60000);
    try {
      const { first, values } = await c.prepare(row);
      await c.time(5);
      console.log(name.padEnd(10), first.toFixed(1), values.join(" "), ((await c.time(10)) / 10).toFixed(3));
    } catch (e) { console.log(name.padEnd(10), String(e).slice(0, 300)); }
    c.stop();
  }
}
