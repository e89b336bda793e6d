import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FormatError, ones, tensor, ValueError } from "@tapegrad/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeSafetensors, loadSafetensors, openSafetensors } from "../../src/index.ts";

const file = encodeSafetensors(
  { big: ones([30_000]), last: tensor([1, 2]), none: ones([0]) },
  { metadata: { format: "pt" } },
);
const shards: { readonly [path: string]: Uint8Array | string } = {
  "/model.safetensors": file,
  "/folder/a%20b.safetensors": encodeSafetensors({ a: tensor([1]) }),
  "/folder/b.safetensors": encodeSafetensors({ b: tensor([2]) }),
  "/folder/model.safetensors.index.json": JSON.stringify({
    weight_map: { a: "a b.safetensors", b: "b.safetensors" },
  }),
};

type Answer = (request: IncomingMessage, response: ServerResponse, first: number, last: number) => void;

/** Sends a part of the file with these headers. */
function part(
  response: ServerResponse,
  first: number,
  last: number,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  const body = file.subarray(first, last + 1);
  const range = `bytes ${first}-${Math.min(last, file.length - 1)}/${file.length}`;
  return response.writeHead(206, { "content-range": range, ...headers }).end(body);
}

let requests = 0;
/** Servers that do other than they should: what follows is the message. */
const wrong: Readonly<Record<string, readonly [Answer, RegExp]>> = {
  whole: [(_, response) => response.writeHead(200).end(file), /to answer with a part, status 206, got status 200\. Fetch it whole and give its bytes\.$/],
  missing: [(_, response) => response.writeHead(404).end(), /to answer with a part, status 206, got status 404\.$/],
  "not satisfied": [(_, response) => response.writeHead(416).end(), /got status 416\.$/],
  "no range": [
    (_, response) => response.writeHead(206).end(file),
    /to answer with bytes 0 to 65535 and the size of the file, got no readable Content-Range\. A server/,
  ],
  "no size": [(_, response, a, b) => part(response, a, b, { "content-range": `bytes 0-65535/*` }), /got "bytes 0-65535\/\*"\.$/],
  "another begin": [(_, response, a, b) => part(response, a + 1, b), /got "bytes 1-65535\//],
  "another end": [(_, response, a, b) => part(response, a, b - 1), /got "bytes 0-65534\//],
  "several parts": [
    (_, response, a, b) => part(response, a, b, { "content-range": "", "content-type": "multipart/byteranges" }),
    /got "?n?o?.*"?/,
  ],
  "a size beyond numbers": [
    (_, response, a, b) => part(response, a, b, { "content-range": "bytes 0-65535/9999999999999999" }),
    /got "bytes 0-65535\/9999999999999999"\.$/,
  ],
  "a size that is another": [
    (_, response, a, b) => part(response, a, b, { "content-range": `bytes ${a}-${b}/1000000` }),
    /^\w+: expected the header in http.* to tell of all \d+ bytes of data, got tensors of 120008\.$/,
  ],
  "more bytes": [
    (_, response) => response.writeHead(206, { "content-range": `bytes 0-65535/${file.length}` }).end(file),
    /expected at most 65536 bytes from http.*, got more\.$/,
  ],
  "fewer bytes": [
    (_, response) => response.writeHead(206, { "content-range": `bytes 0-65535/${file.length}` }).end(file.subarray(0, 9)),
    /expected 65536 bytes from http.*, got 9\.$/,
  ],
  endless: [
    (_, response) => {
      response.writeHead(206, { "content-range": `bytes 0-65535/${file.length}` });
      const write = (): void => void response.write(Buffer.alloc(65_536), write);
      write();
    },
    /expected at most 65536 bytes/,
  ],
  silent: [() => {}, /got nothing for 0\.1 s\.$/],
  "silent in the middle": [
    (_, response) => {
      response.writeHead(206, { "content-range": `bytes 0-65535/${file.length}` });
      response.write(file.subarray(0, 100));
    },
    /got nothing for 0\.1 s\.$/,
  ],
  "broken off": [
    (_, response) => {
      response.writeHead(206, { "content-range": `bytes 0-65535/${file.length}`, "content-length": "65536" });
      response.write(file.subarray(0, 100), () => response.destroy());
    },
    /expected http.* to answer with the whole file, got /,
  ],
  "a file that changes its size": [
    (_, response, a, b) => (requests++ === 0 ? part(response, a, b) : part(response, a, b, { "content-range": `bytes ${a}-${b}/${file.length + 1}` })),
    /to stay the same while it is read, got another file\.$/,
  ],
  "a file that changes": [
    (_, response, a, b) => part(response, a, b, { etag: `"${requests++}"` }),
    /to stay the same while it is read, got another file\.$/,
  ],
}; // prettier-ignore

let server: Server;
let origin = "";
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!.slice(1);
    const range = request.headers.range ?? "";
    asked.push(`${request.url} ${range} ${request.headers.authorization ?? ""}`.trim());
    const [first, last] = (/^bytes=(\d+)-(\d+)$/.exec(range) ?? []).slice(1).map(Number) as [number, number];
    const misbehaviour = wrong[decodeURIComponent(path)];
    if (misbehaviour !== undefined) {
      misbehaviour[0](request, response, first, last);
    } else if (path === "moved") {
      response.writeHead(302, { location: "/model.safetensors" }).end();
    } else {
      const content = shards[request.url!.split("?")[0]!];
      if (content === undefined) return void response.writeHead(404).end();
      const bytes = Buffer.from(content);
      const body = bytes.subarray(first, last + 1);
      const says = `bytes ${first}-${first + body.length - 1}/${bytes.length}`;
      response.writeHead(206, { "content-range": says, etag: '"x"' }).end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked.length = 0;
  requests = 0;
});

describe("a server that answers with ranges", () => {
  it("is asked for the beginning, and then for what is read", async () => {
    const begin = file.length - 120_008;
    const reader = await openSafetensors(`${origin}/model.safetensors`, { headers: { authorization: "Bearer t" } });
    expect(reader.keys).toEqual(["none", "big", "last"].toSorted((a, b) => reader.entries[a]!.byteOffset - reader.entries[b]!.byteOffset));
    expect(reader.metadata).toEqual({ format: "pt" });
    expect((await reader.get("last")).toArray()).toEqual([1, 2]);
    expect((await reader.get("none")).shape).toEqual([0]);
    expect((await reader.get("big")).sum().item()).toBe(30_000);
    reader.close();
    expect(asked).toEqual([
      "/model.safetensors bytes=0-65535 Bearer t",
      `/model.safetensors bytes=${begin + 120_000}-${begin + 120_007} Bearer t`,
      `/model.safetensors bytes=${begin}-${begin + 119_999} Bearer t`,
    ]);
  }); // prettier-ignore

  it("gives the whole file in two answers, also from elsewhere", async () => {
    const { tensors } = await loadSafetensors(new URL(`${origin}/moved`));
    expect(Object.keys(tensors).toSorted()).toEqual(["big", "last", "none"]);
    expect(encodeSafetensors(tensors, { metadata: { format: "pt" } })).toEqual(file);
    expect(asked.length).toBe(4);
  });

  it("gives shards", async () => {
    const place = `${origin}/folder/model.safetensors.index.json?download=true`;
    const { tensors } = await loadSafetensors(place);
    expect([tensors["a"]!.toArray(), tensors["b"]!.toArray()]).toEqual([[1], [2]]);
    expect(asked.map((each) => each.split(" ")[0])).toEqual([
      "/folder/model.safetensors.index.json?download=true",
      "/folder/a%20b.safetensors",
      "/folder/b.safetensors",
    ]);
  });

  it("is asked for no more than may be read", async () => {
    await expect(loadSafetensors(`${origin}/model.safetensors`, { maxBytes: 120_007 })).rejects.toThrow(FormatError);
    expect(asked.length).toBe(1);
  });
});

describe.each(Object.entries(wrong))("a server that sends %s", (name, [, message]) => {
  it("is refused with an error that says so", async () => {
    const load = loadSafetensors(`${origin}/${encodeURIComponent(name)}`, {
      // A busy machine is slow, but not silent.
      patience: name.startsWith("silent") ? 100 : 10_000,
    });
    const error: unknown = await load.catch((reason: unknown) => reason);
    expect(error instanceof FormatError || error instanceof ValueError).toBe(true);
    expect((error as Error).message).toMatch(/^loadSafetensors: expected /);
    expect((error as Error).message).toMatch(message);
  });
});

describe("a signal", () => {
  it("ends a request that is under way, and lets none begin afterwards", async () => {
    const [controller, reason] = [new AbortController(), new Error("enough")];
    const options = { signal: controller.signal, patience: 10_000 };
    const begin = performance.now();
    const open = openSafetensors(`${origin}/silent`, options);
    while (asked.length === 0) await Promise.race([open, new Promise((resolve) => setTimeout(resolve, 5))]);
    controller.abort(reason);
    await expect(open).rejects.toBe(reason);
    expect(performance.now() - begin).toBeLessThan(options.patience);
    await expect(openSafetensors(`${origin}/model.safetensors`, options)).rejects.toBe(reason);
    expect(asked.length).toBe(1);
  }); // prettier-ignore

  it("ends what is read of a file that was opened", async () => {
    const controller = new AbortController();
    const reader = await openSafetensors(`${origin}/model.safetensors`, { signal: controller.signal });
    controller.abort();
    await expect(reader.get("big")).rejects.toMatchObject({ name: "AbortError" });
  });
});

it("a server that is not there is a ValueError", async () => {
  await expect(openSafetensors("http://127.0.0.1:9/model.safetensors")).rejects.toThrow(ValueError);
});
