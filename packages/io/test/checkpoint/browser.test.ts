import { chromium, firefox, isLeftOut, runInBrowser } from "@tapegrad/testing/browsers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bundle } from "../../../compile/test/bundle.ts";

const source = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** Trains with a compiled step, hands what it gives to whatever in a browser takes bytes, and gets it back. */
const program = `
  import "@tapegrad/autograd";
  import { BatchNorm, Dense, Sequential } from "@tapegrad/nn";
  import { Adam } from "@tapegrad/optim";
  import { ones, Tensor } from "@tapegrad/tensor";
  import { compile } from "./src/compile.ts";
  import * as io from ${JSON.stringify(source)};

  const parts = () => {
    const model = new Sequential(new Dense(8, 40), new BatchNorm(40), new Dense(40, 1));
    return { model, optimizer: new Adam(model.parameters()) };
  };
  const { model, optimizer } = parts();
  const step = compile((x) => {
    optimizer.zeroGrad();
    const loss = model.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let i = 0; i < 3; i++) step(ones([4, 8]));

  const request = (make) => new Promise((resolve, reject) => {
    const asked = make();
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const opening = indexedDB.open("test", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("store");
  const database = await request(() => opening);
  const store = () => database.transaction("store", "readwrite").objectStore("store");

  const same = (a, b) => String(new Uint8Array(a.buffer, a.byteOffset, a.byteLength)) === String(b);
  const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const back = async (view) => {
    await request(() => store().put(view, "key"));
    const { port1, port2 } = new MessageChannel();
    const sent = new Promise((resolve) => (port2.onmessage = ({ data }) => resolve(data)));
    port1.postMessage(view);
    const copy = view.slice();
    const transferred = structuredClone(copy, { transfer: [copy.buffer] });
    return [
      new Uint8Array(await new Blob([view]).arrayBuffer()),
      bytesOf(await request(() => store().get("key"))),
      bytesOf(await sent),
      bytesOf(transferred),
      new Uint8Array(await new Response(view).arrayBuffer()),
    ];
  };
  const wrong = [];
  const hashes = new Set();
  const check = async (name, view) => {
    try {
      (await back(view)).forEach((copy, i) => same(view, copy) || wrong.push(name + " " + i));
      hashes.add(String(new Uint8Array(await crypto.subtle.digest("SHA-256", view))));
      new TextDecoder().decode(view);
    } catch (error) {
      wrong.push(name + ": " + error);
    }
  };
  const tensorsOf = (value) =>
    value instanceof Tensor ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(tensorsOf) : [];
  const states = { ...model.stateDict(), ...tensorsOf(optimizer.stateDict()), ...model.parameters().map(({ grad }) => grad) };
  for (const [name, { data }] of Object.entries(states)) await check(name, data);
  await check("weight", model.parameters()[0].data);
  await check("safetensors", io.encodeSafetensors(model.stateDict()));
  await check("checkpoint", io.encodeCheckpoint({ model, optimizer }));

  // A file of the page's own, and from there.
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("saved.safetensors", { create: true });
  const file = await handle.createWritable();
  await file.write(io.encodeCheckpoint({ model, optimizer }));
  await file.close();
  const other = parts();
  io.decodeCheckpoint(new Uint8Array(await (await handle.getFile()).arrayBuffer()), other);
  const isSame = JSON.stringify(other) === JSON.stringify({ model, optimizer });
  await report({ isolated: crossOriginIsolated, wrong, checked: hashes.size > 10, isSame });
`;

describe.each([chromium, firefox])("in $name", (browser) => {
  it.skipIf(isLeftOut(browser)).each([true, false])(
    "files and databases take what compiled functions have computed, on a page that shares memory: %s",
    async (isolated) => {
      const scripts = { "/module.js": await bundle(program) };
      expect(await runInBrowser(browser, { scripts, isolated, timeout: 60_000 })).toEqual({
        isolated,
        wrong: [],
        checked: true,
        isSame: true,
      });
    },
  );
});
