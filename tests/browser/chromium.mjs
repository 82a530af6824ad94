/* Debian's Chromium for the tests: a home of its own in which the lab's CA is trusted, no network
 * but loopback, and proof of that from its own log of the network. */
import assert from 'node:assert/strict';
import {accessSync, constants, mkdirSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {chromium} from 'playwright-core';
import {CERTS, DEADLINE_MS, run} from './lab.mjs';
import {temporaryFolder} from './ending.mjs';

const FLAGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** The program. */
export function findChromium() {
    for (const folder of process.env.PATH.split(delimiter)) {
        const file = join(folder, 'chromium');
        try {
            accessSync(file, constants.X_OK);
            return file;
        } catch { /* the next one */ }
    }
    throw new Error('there is no chromium in $PATH: `make deps` installs it');
}

/** Chromium on Linux reads whom it trusts from an NSS database in its home. */
async function trustCa(home) {
    const database = `sql:${join(home, '.pki/nssdb')}`;
    mkdirSync(join(home, '.pki/nssdb'), {recursive: true});
    for (const args of [['-N', '--empty-password'],
                        ['-A', '-t', 'C,,', '-n', 'lab', '-i', join(CERTS, 'ca.crt')]]) {
        const r = await run('certutil', ['-d', database, ...args], {env: {HOME: home}});
        assert.equal(r.status, 0, `certutil ${args[0]}: ${r.out}${r.err}`);
    }
}

const isLoopback = address => /^(127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:127\.\d+\.\d+\.\d+\]):\d+$/.test(address);

/** An event has a line of its own. The end is missing when Chromium was faster than its log. */
function parseNetLog(text) {
    try {
        return JSON.parse(text);
    } catch {
        return JSON.parse(`${text.slice(0, text.lastIndexOf('},\n') + 1)}]}`);
    }
}

/** What Chromium connected to beside loopback, and what it sent by UDP, by its network log.
 * @returns {connections, strays}: how many there were at all, and those that should not have been */
export function readNetLog(text) {
    const log = parseNetLog(text);
    const types = log.constants.logEventTypes;
    const strays = [];
    let connections = 0;
    assert.ok(types.TCP_CONNECT_ATTEMPT && types.UDP_BYTES_SENT, 'the log has other names now');
    for (const event of log.events) {
        const address = event.params?.address;
        if (event.type === types.TCP_CONNECT_ATTEMPT && address !== undefined) {
            connections++;
            if (!isLoopback(address))
                strays.push(`TCP ${address}`);
        } else if (event.type === types.UDP_BYTES_SENT) {
            strays.push(`UDP ${address ?? '(an address told before)'}`);
        }
    }
    return {connections, strays};
}

/** A running Chromium. */
export class Chromium {
    /** @param rules  of --host-resolver-rules, first match wins; all other names are loopback too */
    static async start(rules) {
        const browser = new Chromium();
        browser.folder = temporaryFolder();
        const {path} = browser.folder;
        const {TMPDIR} = process.env;
        browser.netLog = join(path, 'net.json');
        try {
            await trustCa(path);
            process.env.TMPDIR = path; /* playwright makes folders of its own while it launches */
            browser.playwright = await chromium.launch({
                executablePath: findChromium(),
                headless: true,
                timeout: DEADLINE_MS,
                chromiumSandbox: false,
                handleSIGINT: false, /* ending.mjs and playwright's own exit handler do it */
                handleSIGTERM: false,
                handleSIGHUP: false,
                env: {...process.env, HOME: path, TMPDIR: path, XDG_CONFIG_HOME: join(path, 'config'),
                      XDG_CACHE_HOME: join(path, 'cache'), XDG_DATA_HOME: join(path, 'data')},
                args: [...FLAGS, `--log-net-log=${browser.netLog}`,
                       `--host-resolver-rules=${[...rules, 'MAP * 127.0.0.1'].join(', ')}`],
            });
        } catch (error) {
            browser.folder.remove();
            throw error;
        } finally {
            delete process.env.TMPDIR;
            if (TMPDIR !== undefined)
                process.env.TMPDIR = TMPDIR;
        }
        return browser;
    }

    newContext(options) {
        this.isUsed = true;
        return this.playwright.newContext(options);
    }

    /** End it. It must not have talked to anybody but this machine. */
    async close() {
        try {
            await this.playwright.close();
            if (!this.isUsed) /* no test was asked for: it may have been too short for a log */
                return;
            const {connections, strays} = readNetLog(readFileSync(this.netLog, 'utf8'));
            assert.deepEqual(strays, [], 'Chromium talked to others');
            assert.ok(connections > 0, 'the network log knows of no connection at all');
        } finally {
            this.folder.remove();
        }
    }
}
