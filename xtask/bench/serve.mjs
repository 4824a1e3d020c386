// Serves the bare Worker and Pipit straight from workerd, without wrangler's proxy in front.
// Arguments: the state's folder, a JSON file of settings. Prints one line of JSON with both ports.
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as options } from "wrangler";

const [state, settings] = process.argv.slice(2);
const socket = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

const bare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  modules: true,
  scriptPath: "xtask/bench/hello.mjs",
  compatibilityDate: "2026-11-01",
  ...socket,
});

const { workerOptions } = options("wrangler.toml");
const pipit = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  defaultPersistRoot: `${state}/v3`,
  ...workerOptions,
  modulesRoot: "build/worker",
  modules: [
    { type: "ESModule", path: "build/worker/index.js" },
    { type: "CompiledWasm", path: "build/worker/index_bg.wasm" },
  ],
  bindings: { ...workerOptions.bindings, ...JSON.parse(readFileSync(settings, "utf8")) },
  ...socket,
});

const port = async (miniflare) => Number((await miniflare.unsafeGetDirectURL()).port);
console.log(JSON.stringify({ bare: await port(bare), pipit: await port(pipit) }));

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await Promise.all([bare.dispose(), pipit.dispose()]);
    process.exit(0);
  });
}
