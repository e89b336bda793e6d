// A loader whose workers make random images gives the same epochs with none, one and four of them, and resumes.
import { data, type Tensor } from "tapegrad";
import dataset from "./worker-data.js";

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

const here = (import.meta as unknown as { readonly url: string }).url;
const module = here.replace("workers.js", "worker-data.js");
const loader = (workers: number): data.DataLoader<[Tensor, Tensor]> =>
  new data.DataLoader(dataset, { batchSize: 6, shuffle: true, seed: 0, workers, module });

async function epochs(workers: number): Promise<string> {
  const from = loader(workers);
  const seen: unknown[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const [x, y] of from) seen.push(x.toArray(), y.toArray());
  }
  return JSON.stringify(seen);
}

const none = await epochs(0);
check(none.length > 10_000 && (await epochs(1)) === none && (await epochs(4)) === none, "the same epochs");

const [one, other] = [loader(2), loader(3)];
const halves: unknown[] = [];
for await (const [x, y] of one) {
  halves.push(x.toArray(), y.toArray());
  if (halves.length === 6) break;
}
other.loadStateDict(one.stateDict());
for (let epoch = 0; epoch < 2; epoch++) {
  for await (const [x, y] of other) halves.push(x.toArray(), y.toArray());
}
check(JSON.stringify(halves) === none, "an epoch that goes on where it was left");

let message = "";
try {
  for await (const _ of new data.DataLoader(dataset, { workers: 1, module: `${here}.absent` })) message = "read";
} catch (error) {
  if (error instanceof data.WorkerError) message = `${error.name} of worker ${error.worker}`;
}
check(message === "WorkerError of worker 0", `a typed error, got ${message}`);
