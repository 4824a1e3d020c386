// Serves the bare Worker and Pipit straight from workerd, without wrangler's proxy in front.
// Arguments: the state's folder, a JSON file of settings. Prints one line of JSON with both ports.
import { readFileSync } from "node:fs";
import { Miniflare, convertV4MiniflareOptions as converted } from "miniflare";
import { unstable_getMiniflareWorkerOptions as options } from "wrangler";

const [state, settings] = process.argv.slice(2);

function serve(worker, shared = {}) {
  const socket = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
  const all = { host: "127.0.0.1", port: 0, ...shared, workers: [{ ...worker, ...socket }] };
  return new Miniflare(converted(all));
}

const bare = serve({
  name: "bare",
  modules: true,
  scriptPath: "xtask/bench/hello.mjs",
  compatibilityDate: "2026-11-01",
});

const { workerOptions } = options("wrangler.toml");
const values = JSON.parse(readFileSync(settings, "utf8"));
const pipit = serve(
  {
    ...workerOptions,
    name: "pipit",
    modulesRoot: "build/worker",
    modules: [
      { type: "ESModule", path: "build/worker/index.js" },
      { type: "CompiledWasm", path: "build/worker/index_bg.wasm" },
    ],
    bindings: { ...workerOptions.bindings, ...values },
  },
  { defaultPersistRoot: `${state}/v3` },
);

const port = async (miniflare, name) => Number((await miniflare.unsafeGetDirectURL(name)).port);
console.log(JSON.stringify({ bare: await port(bare, "bare"), pipit: await port(pipit, "pipit") }));

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await Promise.all([bare.dispose(), pipit.dispose()]);
    process.exit(0);
  });
}
