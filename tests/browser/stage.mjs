/* The stage of a browser test: a lab, pages on another origin, and Chromium. Write
 *
 *     import {describe} from 'node:test';
 *     import assert from 'node:assert/strict';
 *     import {stage} from './stage.mjs';
 *
 *     describe('console', () => {
 *         const s = stage({sites: {cuic: '', console: ''}, config: 'trace { keep = 10 }'});
 *
 *         s.test('shows a refusal', async ({page, errors}) => {
 *             await s.lab.must('utils cuic cors disable', 'cuicsub');
 *             await page.goto(s.lab.url('console', 'localhost') + '/');
 *             errors.expect(/blocked by CORS policy/);
 *             ...
 *         });
 *     });
 *
 * in a file NAME.test.mjs of this folder: tests/browser/run finds it. `make check` runs them all;
 * by hand, one file or one test:
 *
 *     tests/browser/run build build/test-certs tests/browser/NAME.test.mjs
 *     tests/browser/run build build/test-certs --test-name-pattern='a refusal'
 *
 * - The lab, its ports and Chromium are those of the whole `describe`; what a test changes in the
 *   lab, the next one finds. Each test has a browser context of its own: no cookie, cache or
 *   remembered preflight of another.
 * - Names work as in the product: https://cuicpub.uccelab.tac/cuic/ and :8444 are the CUIC site,
 *   :12005 and :12008 Live Data's, https://finessep.uccelab.tac and finesses, at every port,
 *   `s.pages` (another origin: pages.mjs) unless the lab has the site "finesse".
 * - Every error on a page's console, an exception that nobody caught included, fails the test
 *   unless `errors.expect(pattern)` or `errors.expectRefusal(...)` said so; so does an expected
 *   one that did not come. An expectation stands for any number of errors, errors.allow(pattern)
 *   for none as well. An error is "TEXT [URL]".
 * - A test that fails leaves a picture of its page in $CUICSIM_BUILD/browser/, and says where.
 * - When all is over, Chromium's own network log must not know of an address beyond loopback, and
 *   the server must end with status 0, in the sanitizers' builds too. */
import assert from 'node:assert/strict';
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, it} from 'node:test';
import {Chromium} from './chromium.mjs';
import {BUILD, DEADLINE_MS, Lab, PUB, ROOT, SUB, TEST_MS, until} from './lab.mjs';
import {Pages} from './pages.mjs';

export const FROM = 'https://finessep.uccelab.tac:8445'; /* of the publisher's list alone */

const MODULES = join(ROOT, 'tests/browser/node_modules');

const matches = (pattern, text) => typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);

/** The errors of a page's console. */
class Errors {
    constructor() {
        this.list = [];
        this.expected = [];
        this.allowed = [];
    }

    add(text) {
        this.list.push(text);
    }

    /** There will be errors like this, or there were: a text that is part of it, or a pattern. */
    expect(pattern) {
        this.expected.push(pattern);
    }

    /** Chromium's two lines on a request that CORS refused.
     * @param what    "fetch" or "XMLHttpRequest"
     * @param url     how the request's URL begins
     * @param origin  of the page
     * @param isPreflight  it was the preflight that was refused */
    expectRefusal({what = 'fetch', url, origin = FROM, isPreflight = false}) {
        const preflight = isPreflight
            ? 'Response to preflight request doesn\'t pass access control check: ' : '';
        const lines = [
            [`Access to ${what} at '${url}`, `' from origin '${origin}' has been blocked by CORS ` +
             `policy: ${preflight}No 'Access-Control-Allow-Origin' header is present on the ` +
             'requested resource. ['],
            ['Failed to load resource: net::ERR_FAILED [', url],
        ];
        for (const [begin, rest] of lines)
            this.expected.push({test: text => text.startsWith(begin) &&
                                              text.indexOf(rest, begin.length) >= 0,
                                toString: () => `${begin}...${rest}`});
    }

    /** There may be errors like this. */
    allow(pattern) {
        this.allowed.push(pattern);
    }

    missing() {
        return this.expected.filter(p => !this.list.some(text => matches(p, text)));
    }

    /** What came and should not have, what should have come and did not. */
    check() {
        const known = [...this.expected, ...this.allowed];
        const wrong = this.list.filter(text => !known.some(p => matches(p, text)));
        assert.deepEqual(wrong, [], 'errors on the console');
        assert.deepEqual(this.missing().map(String), [], `expected on the console; it had ${JSON.stringify(this.list)}`);
    }

    /** The same at the end: the browser tells of an error when it gets to it. */
    async checkAll() {
        await until(() => this.missing().length === 0, '').catch(() => {});
        this.check();
    }
}

class Stage {
    constructor(options) {
        this.options = options;
    }

    async open() {
        this.pages = await Pages.start();
        this.lab = await Lab.start(this.options);
        this.browser = await Chromium.start(this.rules());
    }

    async close() {
        try {
            await this.browser?.close();
        } finally {
            await this.pages?.close();
            await this.lab?.close();
        }
    }

    /** Host name or "name:port" to where it is on loopback. */
    rules() {
        const {address, ports} = this.lab;
        const at = site => ports[site] && `${address}:${ports[site]}`;
        const rules = {};
        for (const host of [PUB, SUB]) {
            rules[`${host}:443`] = rules[`${host}:8444`] = at('cuic');
            rules[`${host}:12005`] = rules[`${host}:12008`] = at('live-data');
        }
        for (const host of this.pages.names)
            rules[host] = at('finesse') ?? `127.0.0.1:${this.pages.port}`;
        for (const host of ['localhost', PUB, SUB])
            rules[host] = address;
        return Object.entries(rules).filter(([, to]) => to !== undefined)
            .map(([name, to]) => `MAP ${name} ${to}`);
    }

    /** A page of a context, whose errors are collected. */
    async newPage(context, errors) {
        const page = await context.newPage();
        page.on('console', message => {
            const {url} = message.location();
            /* The browser asks for it, not the page. */
            if (message.type() === 'error' && !url.endsWith('/favicon.ico'))
                errors.add(`${message.text()} [${url}]`);
        });
        page.on('pageerror', error => errors.add(`not caught: ${error.message}`));
        return page;
    }

    /** A test with a page: fn({page, context, errors, newPage}); newPage() gives one more, behind
     *  it: what is not in front, Chromium draws once a second if at all. */
    test(name, fn, options = {}) {
        it(name, {timeout: TEST_MS, ...options.node}, async () => {
            const context = await this.browser.newContext(options.context);
            context.setDefaultTimeout(DEADLINE_MS);
            const errors = new Errors();
            const newPage = async () => {
                const more = await this.newPage(context, errors);
                await context.pages()[0].bringToFront();
                return more;
            };
            try {
                const page = await newPage();
                await fn({page, context, errors, newPage});
                await errors.checkAll();
            } catch (error) {
                await this.picture(context, name);
                console.error(`console of '${name}': ${JSON.stringify(errors.list)}`);
                throw error;
            } finally {
                await context.close();
            }
        });
    }

    async picture(context, name) {
        const folder = join(BUILD, 'browser');
        mkdirSync(folder, {recursive: true});
        for (const [i, page] of context.pages().entries()) {
            const path = join(folder, `${name.replace(/[^a-z0-9]+/gi, '-')}-${i}.png`);
            await page.screenshot({path, timeout: 5000})
                .then(() => console.error(`picture of page ${i} of '${name}': ${path}`))
                .catch(error => console.error(`no picture of '${name}': ${error.message}`));
        }
    }
}

/** To be called in a `describe`, whose tests share it.
 * @param options  those of Lab.start() */
export function stage(options = {}) {
    const s = new Stage(options);
    before(() => s.open());
    after(() => s.close());
    return s;
}

/** A file of a package that the tests depend on, such as 'socket.io-client/dist/socket.io.js'. */
export const moduleFile = path => readFileSync(join(MODULES, path));
