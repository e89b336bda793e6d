import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { ValueError } from "@tapegrad/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { download, type Published } from "./download.ts";

const content = Buffer.from("what was published, ".repeat(500));
const packed = gzipSync(content);
const sum = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest("hex");

const routes: { readonly [path: string]: RequestListener } = {
  "/right.gz": (_, response) => response.end(packed),
  "/unpacked": (_, response) => response.end(content),
  "/other.gz": (_, response) => response.end(gzipSync(Buffer.alloc(content.length))),
  "/longer.gz": (_, response) => response.end(gzipSync(Buffer.alloc(content.length + 1))),
  "/bomb.gz": (_, response) => response.end(gzipSync(Buffer.alloc(1e7))),
  "/endless": (_, response) => {
    const write = (): void => void response.write(Buffer.alloc(65_536), write);
    write();
  },
  "/cut.gz": (_, response) => {
    response.writeHead(200, { "content-length": packed.length });
    response.write(packed.subarray(0, 40), () => response.destroy());
  },
  "/silent.gz": (_, response) => void response.write(packed.subarray(0, 40)),
  "/moved.gz": (_, response) => response.writeHead(302, { location: "/right.gz" }).end(),
};

let server: Server;
let origin: string;
let folder: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    const route = routes[request.url!];
    if (route === undefined) response.writeHead(404).end("none");
    else route(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

let cache = "";
beforeEach(() => {
  asked.length = 0;
  cache = mkdtempSync(join(folder, "cache-"));
  vi.stubEnv("TAPEGRAD_CACHE", cache);
});

function published(paths: readonly string[], more: Partial<Published> = {}): Published {
  return {
    name: "set/file.gz",
    urls: paths.map((path) => (path.startsWith("http") ? path : origin + path)),
    bytes: content.length,
    checksum: { sha256: sum("sha256", content) },
    licence: "A set, by nobody, CC0.",
    byHand: "Fetch it elsewhere.",
    ...more,
  };
}

const get = async (file: Published): Promise<Uint8Array> => download("f", file, { progress: false, patience: 300 });

describe("download", () => {
  it.each(["/right.gz", "/unpacked", "/moved.gz"])("takes %s, and then has it", async (path) => {
    expect(Buffer.from(await get(published([path])))).toEqual(content);
    expect(readdirSync(cache, { recursive: true })).toEqual(["set", join("set", "file.gz")]);
    asked.length = 0;
    expect(Buffer.from(await get(published([path])))).toEqual(content);
    expect(asked).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ["/missing.gz", /expected http.*\/missing\.gz to have the file, got status 404\./],
    ["/other.gz", /expected sha256 [0-9a-f]{64} of what http.*\/other\.gz has, got [0-9a-f]{64}\./],
    ["/longer.gz", /expected http.*\/longer\.gz to unpack to at most 10000 bytes, got more\./],
    ["/bomb.gz", /expected http.*\/bomb\.gz to unpack to at most 10000 bytes, got more\./],
    ["/endless", /expected at most 14196 bytes from http.*\/endless, got more\./],
    ["/cut.gz", /expected http.*\/cut\.gz to answer with the whole file, got (other side closed|terminated|aborted)\./],
    ["/silent.gz", /expected http.*\/silent\.gz to answer with the whole file, got nothing for 0\.3 s\./],
    ["http://127.0.0.1:1/x", /expected http:\/\/127\.0\.0\.1:1\/x to answer with the whole file, got .+\./],
  ])("says what is wrong with %s, keeps nothing, and asks the next mirror", async (path, message) => {
    const error: unknown = await get(published([path])).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValueError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(
      /^f: expected one of 1 mirrors to give set\/file\.gz, got none\.\n- expected .*\nFetch it elsewhere\.$/,
    );
    expect(readdirSync(cache)).toEqual([]);
    expect(Buffer.from(await get(published([path, "/right.gz"])))).toEqual(content);
  });

  it("looks at the packed file where only its checksum is known", async () => {
    const file = (md5: string): Published => published(["/right.gz"], { checksum: { packedMd5: md5 } });
    await expect(get(file("0".repeat(32)))).rejects.toThrow(/expected md5 0{32} of what .*, got [0-9a-f]{32}\./);
    expect(Buffer.from(await get(file(sum("md5", packed))))).toEqual(content);
  });

  it("fetches again what is damaged in the cache", async () => {
    await get(published(["/right.gz"]));
    writeFileSync(join(cache, "set", "file.gz"), packed.subarray(0, 50));
    expect(Buffer.from(await get(published(["/right.gz"])))).toEqual(content);
    expect(asked).toEqual(["/right.gz", "/right.gz"]);
    expect(readFileSync(join(cache, "set", "file.gz"))).toEqual(packed);
  });

  it("does without a cache that cannot be written, and says so", async () => {
    writeFileSync(join(cache, "file"), "");
    vi.stubEnv("TAPEGRAD_CACHE", join(cache, "file", "folder"));
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      expect(Buffer.from(await download("f", published(["/right.gz"], { licence: "Another set, CC0." })))).toEqual(
        content,
      );
      const lines = written.mock.calls.map(([line]) => String(line));
      expect(lines[0]).toBe("f: fetching set/file.gz of Another set, CC0.\n");
      expect(lines[1]).toMatch(/^f: expected to write .*, got ENOTDIR.*It will be fetched again next time/);
    } finally {
      written.mockRestore();
    }
  });

  it("may run several times at once", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, async () => get(published(["/right.gz"]))));
    for (const each of all) expect(Buffer.from(each)).toEqual(content);
    expect(existsSync(join(cache, "set", "file.gz"))).toBe(true);
    expect(readdirSync(join(cache, "set"))).toEqual(["file.gz"]);
  });
});
