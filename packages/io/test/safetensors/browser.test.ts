import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { ones, tensor } from "@tapegrad/tensor";
import { chromium, isLeftOut, runInBrowser } from "@tapegrad/testing/browsers";
import { expect, it } from "vitest";
import { bundle } from "../../../compile/test/bundle.ts";
import { encodeSafetensors } from "../../src/index.ts";

const file = Buffer.from(encodeSafetensors({ big: ones([30_000]), last: tensor([1, 2]) }));
const source = JSON.stringify(fileURLToPath(new URL("../../src/index.ts", import.meta.url)));

const program = (origin: string): string => `
  import { decodeSafetensors, encodeSafetensors, loadSafetensors, openSafetensors } from ${source};
  const said = async (call) => call().then(() => "nothing", ({ name, message }) => name + ": " + message);
  const remote = await openSafetensors("${origin}/exposed");
  const last = await remote.get("last");
  const { tensors } = await loadSafetensors("${origin}/exposed");
  const chosen = await openSafetensors(new File([encodeSafetensors({ last })], "chosen.safetensors"));
  const shared = new Uint8Array(new SharedArrayBuffer(encodeSafetensors({ last }).length));
  shared.set(encodeSafetensors({ last }));
  report([
    last.toArray(),
    tensors.big.sum().item(),
    (await chosen.get("last")).toArray(),
    decodeSafetensors(shared).tensors.last.toArray(),
    await said(() => openSafetensors("${origin}/hidden")),
    await said(() => openSafetensors("model.safetensors")),
  ]);
`;

it.skipIf(isLeftOut(chromium))("Chromium reads what is on another server, chosen, or shared", async () => {
  const server = createServer((request, response) => {
    const [first, last] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []).slice(1).map(Number) as [number, number]; // prettier-ignore
    const body = file.subarray(first, last + 1);
    response.writeHead(206, {
      "access-control-allow-origin": "*",
      ...(request.url === "/exposed" ? { "access-control-expose-headers": "content-range" } : {}),
      "content-range": `bytes ${first}-${first + body.length - 1}/${file.length}`,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const scripts = { "/module.js": await bundle(program(origin)) };
    expect(await runInBrowser(chromium, { scripts, isolated: true, timeout: 60_000 })).toEqual([
      [1, 2],
      30_000,
      [1, 2],
      [1, 2],
      `FormatError: openSafetensors: expected ${origin}/hidden to answer with bytes 0 to 65535 and the size of the file, got no readable Content-Range. A server of another origin has to expose it.`,
      "ValueError: openSafetensors: expected a machine with files, got one without, such as a browser.",
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
