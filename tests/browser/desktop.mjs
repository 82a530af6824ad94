/* What the desktop's tests share: a lab with gadgets of their own, and people who use it. */
import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {BUILD} from './lab.mjs';
import {FROM, moduleFile} from './stage.mjs';

export const FILES = '/3rdpartygadget/files/';
export const OTHER = 'https://finesses.uccelab.tac:8445';

/** Options of stage(): gadgets and the layout are beside the configuration. */
export const LAB = {
    sites: {
        cuic: '', 'live-data': '',
        finesse: 'hostnames = {"finessep.uccelab.tac", "finesses.uccelab.tac"}',
    },
    config: 'gadget_dir = "gadgets"\nlayout = "layout.xml"\nsimulation { agents = 40 seed = 1 }',
};

/** Write files of the lab's folder, {'gadgets/a/a.xml': text}. */
export function put(s, files) {
    for (const [name, text] of Object.entries(files)) {
        const path = join(s.lab.folder.path, name);
        mkdirSync(dirname(path), {recursive: true});
        writeFileSync(path, text);
    }
}

/** A gadget's XML. */
export const gadgetXml = (title, html, more = '') => `<?xml version="1.0" encoding="UTF-8"?>
<Module>
  <ModulePrefs title="${title}"><Require feature="dynamic-height"/>
    <Require feature="pubsub-2"/></ModulePrefs>${more}
  <Content type="html"><![CDATA[${html}]]></Content>
</Module>
`;

/** The same with a script, and what one needs that uses Finesse's library. */
export const scriptXml = (title, html, script) => gadgetXml(title, `<!DOCTYPE html>
<script src="/desktop/assets/js/jquery.min.js"></script>
<script src="/desktop/assets/js/finesse.js"></script>
${html}
<script>
gadgets.HubSettings.onConnect = function () {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
${script}
    gadgets.window.adjustHeight();
};
</script>`);

/** A layout that is the same for both roles. @param tabs  [[id, label, [gadgets of a column], ...]] */
export function layoutXml(tabs) {
    const gadget = one => typeof one === 'string' ? `<gadget>${one}</gadget>`
        : `<gadget alternateHosts="${one.alternateHosts}">${one.url}</gadget>`;
    const column = gadgets =>
        `<column><gadgets>${gadgets.map(gadget).join('')}</gadgets></column>`;
    const tab = ([id, label, ...columns]) => `<tab><id>${id}</id><label>${label}</label>
<columns>${columns.map(column).join('')}</columns></tab>`;
    const role = name =>
        `<layout><role>${name}</role><page/><tabs>${tabs.map(tab).join('')}</tabs></layout>`;
    return `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
${role('Agent')}${role('Supervisor')}</finesseLayout>\n`;
}

/** Sign in with one click. @param role  "Agent" or "Supervisor" */
export async function signIn(page, role = 'Agent', origin = FROM) {
    await page.goto(`${origin}/`);
    await page.locator('#quick').getByRole('button', {name: role}).click();
    await page.getByRole('button', {name: 'Sign out'}).waitFor();
}

/** The frame of a gadget, by its title. */
export const gadget = (page, title) => page.frameLocator(`iframe[title="${title}"]`);

/** Wait until the gadgets' frames have their documents, those of hidden tabs too: a frame that is about
 *  to get one cannot be asked for anything. */
export async function framesLoaded(page) {
    await page.waitForFunction(() => [...document.querySelectorAll('iframe')].every(({contentDocument: there}) =>
        there && there.readyState === 'complete' && there.URL !== 'about:blank'));
}

/** axe-core finds nothing that is serious or critical, in the page and in its frames.
 * @param skip  a text of the URL of frames that are not ours to judge */
export async function checkAxe(page, where, skip) {
    await framesLoaded(page);
    for (const frame of page.frames()) {
        if (skip && frame.url().includes(skip))
            continue;
        await frame.evaluate(moduleFile('axe-core/axe.min.js').toString());
        const found = await frame.evaluate(async () => {
            const {violations} = await axe.run(document, {
                resultTypes: ['violations'], iframes: false, preload: false});
            return violations.filter(v => ['serious', 'critical'].includes(v.impact))
                .map(v => `${v.id}: ${v.nodes.map(n => `${n.html} ${n.failureSummary}`).join('; ')}`);
        });
        assert.deepEqual(found, [], `axe-core, ${where}, ${frame.url()}`);
    }
}

/** Nothing of the page sticks out to the side. */
export async function checkWidth(page, where) {
    const [wide, room] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= room, `${where}: ${wide} pixels in ${room}`);
}

/** A picture for people, in $CUICSIM_BUILD/screenshots. */
export async function shot(page, name) {
    const folder = join(BUILD, 'screenshots');
    mkdirSync(folder, {recursive: true});
    await page.screenshot({path: join(folder, `desktop-${name}.png`), fullPage: true});
}
