// Whether a page can be used by everybody: axe finds nothing, and nothing has to be scrolled sideways.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hold } from "./_pipit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [360, 768, 1280];
const SCHEMES = ["light", "dark"];

/** Looks at the page as it is in every width and scheme, but for what stands in elements of this selector. */
export async function look(page, what, exclude) {
  const problems = [];
  // The driver's own way into the page, past its policy, which rightly lets no such script run.
  await page.evaluate(axe);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async (exclude) => {
        const { violations } = await window.axe.run(exclude ? { exclude: [exclude] } : document, { resultTypes: ["violations"] });
        return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
      }, exclude);
      problems.push(...found.map((problem) => `${what} at ${width}, ${colorScheme}: ${problem}`));
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wider > 0) problems.push(`${what} at ${width}: ${wider} pixels wider than the window`);
  }
  hold(problems.length === 0, problems.join("\n"));
}
