/* The sample desktop with its gadgets, as a person uses it: the layout and the gadget folder are
 * those of config/, the sites are at the product's ports. */
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {BUILD, ROOT, run, until} from './lab.mjs';
import {framesLoaded} from './desktop.mjs';
import {FINESSE} from './pages.mjs';
import {FROM} from './stage.mjs';

export const AGENT = '1002';
export const SUPERVISOR = '1001';
export const UNAVAILABLE = 'Live Data is not available after repeated attempts. Retrying';

/** Options of stage() for such a lab.
 * @param config  more of the configuration */
export const sampleLab = (config = '') => ({
    sites: {cuic: '', 'live-data': '',
            finesse: `hostnames = {${FINESSE.map(name => `"${name}"`).join(', ')}}`},
    config: `gadget_dir = "${join(ROOT, 'config/3rdpartygadget')}"
layout = "${join(ROOT, 'config/layout.xml')}"
${config}`,
});

/** Sign in, and show the desktop.
 * @param tab  what is written on the tab to be shown; the first one unless told */
export async function openDesktop(page, id, tab) {
    await page.goto(`${FROM}/desktop/logon`);
    const status = await page.evaluate(who => fetch('/desktop/sim/session', {
        method: 'POST', body: JSON.stringify({id: who}),
    }).then(answer => answer.status), id);
    assert.equal(status, 200, `signing in as ${id}`);
    await page.goto(`${FROM}/desktop/`);
    if (tab !== undefined)
        await page.getByRole('tab', {name: tab}).click();
}

/** The frame of a gadget by its title, once it has one. */
export async function gadget(page, title) {
    const frame = page.locator(`iframe[title="${title}"]`);
    await frame.waitFor();
    return frame.contentFrame();
}

/** The check of a place in the CORS check, "cuicsub, CUIC", once it has a result. */
export async function checkOf(frame, title) {
    const check = frame.locator('.check', {has: frame.getByRole('heading', {name: title})});
    await check.locator('.result', {hasText: /Allowed|Refused/}).waitFor();
    return check;
}

/** Wait until all checks of a round have ended. @returns the sentence about them */
export async function summaryOf(frame) {
    const summary = frame.locator('#summary');
    await until(async () => !['', 'Checking…'].includes(await summary.textContent()),
                'the checks end');
    return summary.textContent();
}

/** Type what the simulator's explanation says, on the nodes that it says it for. */
export async function followAdvice(lab, explanation) {
    const groups = explanation.locator('> .cuicsim-diagnosis > .cuicsim-commands');

    await groups.first().waitFor(); /* it comes after the result */
    for (const group of await groups.all()) {
        const node = await group.locator('code').first().textContent();
        const input = await group.locator('pre').textContent();
        const r = await run(join(BUILD, 'cuicsim-cli'), ['-c', lab.file, '-n', node], {input});
        assert.equal(r.status, 0, `on ${node}: ${input}\n${r.out}${r.err}`);
    }
}

/** Nothing sticks out to the side, of the page or of a frame. */
export async function checkWidth(page, where) {
    await framesLoaded(page);
    for (const frame of page.frames()) {
        const [wide, room] = await frame.evaluate(() =>
            [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(wide <= room, `${where}: ${wide} of ${room} pixels, ${frame.url()}`);
    }
}

/** A picture for people, in the build folder. */
export async function keepPicture(page, name, options = {fullPage: true}) {
    mkdirSync(join(BUILD, 'screenshots'), {recursive: true});
    await page.screenshot({path: join(BUILD, 'screenshots', `${name}.png`), ...options});
}
