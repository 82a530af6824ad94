/* What the console's tests share. */
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import https from 'node:https';
import {join} from 'node:path';
import {BUILD, DEADLINE_MS, loopbackAgent, until} from './lab.mjs';
import {FROM, moduleFile} from './stage.mjs';

export const SITES = {cuic: '', 'live-data': '', console: ''};
export const PUB_URL = 'https://cuicpub.uccelab.tac/cuic/';
export const SUB_URL = 'https://cuicsub.uccelab.tac/cuic/';

export const consoleUrl = s => `${s.lab.url('console', 'localhost')}/`;

/** The page, once it follows the exchanges. @param view  "exchanges", "settings" or "explain" */
export async function openConsole(s, page, view = 'exchanges', url = consoleUrl(s)) {
    await page.goto(url);
    await page.locator('#connection[data-state="live"]').waitFor();
    if (view !== 'exchanges')
        await page.locator(`nav a[data-view="${view}"]`).click();
}

/** A page of another origin that calls CUIC. */
export async function openGadget(s, page, origin = FROM) {
    s.pages.add('/gadget.html', '<!DOCTYPE html><title>a gadget</title>');
    await page.goto(`${origin}/gadget.html`);
    return (url, init) => page.evaluate(args => fetch(...args).then(r => r.status, String), [url, init]);
}

/** The rows of the list that have this text. */
export const rows = (page, text) => page.locator('#list .row', {hasText: text});

/** Select the latest exchange that has this text, and wait until it is shown whole. */
export async function showExchange(page, text) {
    await rows(page, text).first().click();
    await page.locator('#detail:not([aria-busy]) .diagram svg').waitFor();
}

/** The page is looked at no more, or again. */
export const look = (page, isHidden) => page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}, isHidden);

/** The answer to the page's next fetch of a path is kept back.
 *  @returns {held, release}: wait until it is there; let the page have it */
export async function holdAnswer(page, path) {
    await page.evaluate(path => {
        const {fetch} = window;
        window.fetch = async (...words) => {
            if (!words[0].startsWith(path))
                return fetch(...words);
            window.fetch = fetch;
            const json = await (await fetch(...words)).json();
            await new Promise(go => { window.go = go; });
            return {ok: true, json: () => json};
        };
    }, path);
    return {
        held: () => page.waitForFunction(() => window.go),
        release: () => page.evaluate(() => { window.go(); return new Promise(done => setTimeout(done)); }),
    };
}

/** A picture for people, in $CUICSIM_BUILD/screenshots. */
export async function shot(page, name, options = {}) {
    const folder = join(BUILD, 'screenshots');
    mkdirSync(folder, {recursive: true});
    await page.screenshot({path: join(folder, `console-${name}.png`), ...options});
}

/** axe-core finds nothing that is serious or critical. */
export async function checkAxe(page, where) {
    if (!await page.evaluate('typeof axe === "object"'))
        await page.evaluate(moduleFile('axe-core/axe.min.js').toString());
    const found = await page.evaluate(async () => {
        const {violations} = await axe.run(document, {resultTypes: ['violations']});
        return violations.filter(v => ['serious', 'critical'].includes(v.impact))
            .map(v => `${v.id}: ${v.nodes.map(n => `${n.target} ${n.failureSummary}`).join('; ')}`);
    });
    assert.deepEqual(found, [], `axe-core, ${where}`);
}

/** Many requests to the CUIC site, by Node. @param make  a number to {path, headers, method, host} */
export async function flood(s, n, make) {
    const agent = loopbackAgent({keepAlive: true, maxSockets: 16});
    let next = 0;
    const one = i => new Promise((done, fail) => {
        const {path, host = 'cuicpub.uccelab.tac', method = 'GET', headers = {}} = make(i);
        const rq = https.request(s.lab.url('cuic', host) + path, {agent, method, headers}, r => {
            r.resume();
            r.on('end', done);
            r.on('error', fail);
        });
        rq.on('error', fail);
        rq.end();
    });
    const worker = async () => {
        while (next < n)
            await one(next++);
    };
    await Promise.all(Array.from({length: 16}, worker));
    agent.destroy();
}

/** The same, and wait until the trace has them all, and a page that follows has shown the last one: all
 *  that was before it has come then, too. */
export async function floodAndShow(s, page, n, make) {
    const begin = Date.now() * 1000;
    await flood(s, n, make);
    const last = await recorded(s, begin, n);
    await page.locator(`#row-i${last.id}`).waitFor();
}

/** Wait until the trace has so many exchanges since a moment, in microseconds.
 *  @returns the last one */
export async function recorded(s, begin, n = 1) {
    const {body} = await until(async () => {
        const answer = await s.lab.ask('console', '/api/exchanges?last=1000', {host: 'localhost'});
        return JSON.parse(answer.body).list.filter(x => x.at >= begin).length >= n && answer;
    }, `${n} exchanges are in the trace`);
    return JSON.parse(body).list.at(-1);
}

/** What the shell prints as JSON. */
export async function shellJson(s, words, node = 'cuicpub') {
    return JSON.parse(await s.lab.must(`--json ${words}`, node));
}

export {DEADLINE_MS, FROM, until};
