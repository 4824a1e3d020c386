// Serves Pipit and its peers straight from workerd, without wrangler's proxy in front, each in a
// process of its own with a copy of the state of its own.
// Arguments: the state's folder, a JSON file of settings. Prints one line of JSON: port and process of each.
import { cpSync, readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { Miniflare, convertV4MiniflareOptions as converted } from "miniflare";
import { unstable_getMiniflareWorkerOptions as options } from "wrangler";

const [state, settings] = process.argv.slice(2);
const { workerOptions } = options("wrangler.toml");
const values = JSON.parse(readFileSync(settings, "utf8"));
const started = [];

// The processes that this one has started, where the system tells.
function workerds() {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    return children.filter((id) => readFileSync(`/proc/${id}/comm`, "utf8").startsWith("workerd"));
  } catch {
    return [];
  }
}

async function serve(worker, shared = {}) {
  const before = workerds();
  const socket = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
  const all = { host: "127.0.0.1", port: 0, ...shared, workers: [{ ...worker, ...socket }] };
  const miniflare = new Miniflare(converted(all));
  started.push(miniflare);
  const { port } = await miniflare.unsafeGetDirectURL(worker.name);
  return { port: Number(port), process: Number(workerds().find((id) => !before.includes(id)) ?? 0) };
}

// A copy, because two workerds may not have the same files open.
function copied(name) {
  cpSync(`${state}/v3`, `${state}/${name}`, { recursive: true });
  return `${state}/${name}`;
}

// Without the assets, which a platform serves from elsewhere and workerd by two more Workers in between.
function pipit(name, folder, settings = {}) {
  const modules = [
    { type: "ESModule", path: `${folder}/index.js` },
    { type: "CompiledWasm", path: `${folder}/index_bg.wasm` },
  ];
  const bindings = { ...workerOptions.bindings, ...values, ...settings };
  const worker = { ...workerOptions, assets: undefined, name, modulesRoot: folder, modules, bindings };
  return serve(worker, { resourcePersistencePath: copied(name) });
}

function script(name, contents, worker = {}, shared = {}) {
  const modules = [{ type: "ESModule", path: `${name}.mjs`, contents }];
  return serve({ name, modules, compatibilityDate: workerOptions.compatibilityDate, ...worker }, shared);
}

function bare(folder) {
  const modules = [
    { type: "ESModule", path: `${folder}/index.js` },
    { type: "CompiledWasm", path: `${folder}/index_bg.wasm` },
  ];
  return serve({ name: "rust", modulesRoot: folder, modules, compatibilityDate: workerOptions.compatibilityDate });
}

function bundle(file) {
  const bundled = buildSync({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    platform: "browser",
    mainFields: ["browser", "module", "main"],
    write: false,
  });
  return bundled.outputFiles[0].text;
}

const source = (name) => readFileSync(`xtask/bench/${name}.mjs`, "utf8");
const uncached = { PAGE_CACHE: "off" };

console.log(
  JSON.stringify({
    bare: await script("bare", source("hello")),
    rust: await bare("build/worker-bare"),
    cached: await script("cached", source("cached")),
    hono: await script(
      "hono",
      bundle("xtask/bench/home.mjs"),
      { d1Databases: workerOptions.d1Databases },
      { resourcePersistencePath: copied("hono") },
    ),
    pipit: await pipit("pipit", "build/worker"),
    uncached: await pipit("uncached", "build/worker", uncached),
    test: await pipit("test", "build/worker-test", uncached),
    library: await script("library", bundle("xtask/bench/markdown.mjs")),
  }),
);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await Promise.all(started.map((miniflare) => miniflare.dispose()));
    process.exit(0);
  });
}
