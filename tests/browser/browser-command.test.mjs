/* The command line that `lab browser` prints is run as it is printed, by a shell, in another
 * Chromium than the harness's: it finds the lab at the product's ports, and trusts it. */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {chromium} from 'playwright-core';
import {findChromium, readNetLog} from './chromium.mjs';
import {atEnd, temporaryFolder} from './ending.mjs';
import {DEADLINE_MS, Lab, PUB, SUB, TEST_MS, until, within} from './lab.mjs';
import {FINESSE, Pages} from './pages.mjs';

/** A program that is Chromium with what only a test wants: it is talked to, it tells what it did,
 *  and all other names are loopback too. */
function programIn(folder) {
    const file = join(folder, 'a browser');
    writeFileSync(file, `#!/bin/sh
for word; do
    shift
    case $word in
    --host-resolver-rules=*) word="$word, MAP * 127.0.0.1" ;;
    esac
    set -- "$@" "$word"
done
exec '${findChromium()}' "$@" --disable-gpu --disable-background-networking \\
    --disable-component-update --disable-sync --remote-debugging-port=0 \\
    --log-net-log='${folder}/net.json'
`);
    chmodSync(file, 0o755);
    return file;
}

/** Run what was printed, and connect to it.
 * @returns {page, close()}; close() checks whom it talked to */
async function start(text, folder, profile) {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', `exec 2>&1\n${text}`],
                        {detached: true, env: {...process.env, HOME: folder}});
    const kill = atEnd(() => {
        try {
            process.kill(-child.pid, 'SIGKILL');
        } catch { /* it has ended */ }
    });
    const ended = new Promise(done => child.on('close', done));
    let said = '';
    child.stdout.on('data', part => said += part);
    const file = join(profile, 'DevToolsActivePort');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('\n') ||
                child.exitCode !== null, () => `the browser listens: ${said}`);
    assert.equal(child.exitCode, null, said);
    const port = readFileSync(file, 'utf8').split('\n')[0];
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, {timeout: DEADLINE_MS});
    /* It listens before it has a window. */
    const page = await until(() => browser.contexts()[0]?.pages()[0], 'the browser has a page');
    page.setDefaultTimeout(DEADLINE_MS);
    const close = async () => {
        const session = await browser.newBrowserCDPSession();
        await session.send('Browser.close').catch(() => {});
        await within(ended, 'the end of the browser');
        kill();
        assert.deepEqual(readNetLog(readFileSync(join(folder, 'net.json'), 'utf8')).strays, []);
    };
    return {page, close};
}

/** What a page on the publisher gets of the subscriber by a WebSocket. */
const firstFrame = url => new Promise((done, fail) => {
    const socket = new WebSocket(url);
    socket.onmessage = e => done(e.data);
    socket.onerror = () => fail(new Error('no WebSocket'));
});

/** The start page, the product's ports, the lab's own, a WebSocket; and somebody else whom only the
 *  CA vouches for. */
async function visit(lab, page, stranger, trust) {
    await page.waitForURL(url => url.host === PUB && url.pathname === '/cuicui/Login.jsp');
    for (const url of [`https://${SUB}/cuic/`, `https://${SUB}:8444/cuic/`,
                       `https://${SUB}:12005/security`, `${lab.url('cuic', SUB)}/cuic/`,
                       `https://${SUB}:12008/security`])
        assert.equal((await page.goto(url)).status(), 200, url);
    const {body} = await lab.ask('live-data', '/livedata/token/new', {
        host: SUB, headers: {authorization: `Basic ${btoa('agent1001:x')}`}});
    const query = `EIO=3&transport=websocket&token=${JSON.parse(body).token}`;
    assert.match(await page.evaluate(firstFrame, `wss://${SUB}:12008/socket.io/?${query}`), /^0\{/);
    const there = page.goto(stranger).then(answer => answer.status(), error => error.message);
    assert.match(String(await there), trust === 'ca' ? /^200$/ : /ERR_CERT_AUTHORITY_INVALID/);
}

for (const address of ['127.0.0.1', '[::1]'])
    describe(`lab browser, a lab at ${address}`, () => {
        let lab = null;
        let pages = null; /* of the lab's CA, and no node of the lab */

        before(async () => {
            lab = await Lab.start({address});
            pages = await Pages.start();
            pages.add('/x.html', '<!DOCTYPE html><title>x</title>');
        });
        after(async () => {
            await pages?.close();
            await lab?.close();
        });

        for (const trust of ['keys', 'ca'])
            it(`by ${trust}`, {timeout: TEST_MS}, async () => {
                const folder = temporaryFolder();
                const profile = join(folder.path, 'its profile');
                const text = await lab.must(`lab browser --headless --program ${programIn(folder.path)}` +
                                            ` --trust ${trust} --profile ${profile}`);
                const {page, close} = await start(text, folder.path, profile);
                try {
                    await visit(lab, page, `https://${FINESSE[0]}:${pages.port}/x.html`, trust);
                } finally {
                    await close();
                }
                folder.remove();
            });
    });

