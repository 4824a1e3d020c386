// Serves the bare Worker and Pipit straight from workerd, without wrangler's proxy in front, each in
// a process of its own; for the rendering of Markdown Pipit's test build and a Worker in JavaScript.
// Arguments: the state's folder, a JSON file of settings. Prints one line of JSON: port and process of each.
import { readFileSync } from "node:fs";
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

function pipit(name, folder, persist) {
  const modules = [
    { type: "ESModule", path: `${folder}/index.js` },
    { type: "CompiledWasm", path: `${folder}/index_bg.wasm` },
  ];
  const bindings = { ...workerOptions.bindings, ...values };
  return serve({ ...workerOptions, name, modulesRoot: folder, modules, bindings }, { defaultPersistRoot: persist });
}

function script(name, contents) {
  const modules = [{ type: "ESModule", path: `${name}.mjs`, contents }];
  return serve({ name, modules, compatibilityDate: "2026-11-01" });
}

const bundle = buildSync({
  entryPoints: ["xtask/bench/markdown.mjs"],
  bundle: true,
  format: "esm",
  platform: "browser",
  mainFields: ["browser", "module", "main"],
  write: false,
});

console.log(
  JSON.stringify({
    bare: await script("bare", readFileSync("xtask/bench/hello.mjs", "utf8")),
    pipit: await pipit("pipit", "build/worker", `${state}/v3`),
    renderer: await pipit("renderer", "build/worker-test", `${state}/test`),
    library: await script("library", bundle.outputFiles[0].text),
  }),
);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await Promise.all(started.map((miniflare) => miniflare.dispose()));
    process.exit(0);
  });
}
