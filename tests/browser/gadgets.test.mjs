/* The gadgets of the sample layout, in the simulated desktop, in Chromium: the CORS check with its
 * explanations, and Live Data's report. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe} from 'node:test';
import {idleAgent} from './agents.mjs';
import {AGENT, SUPERVISOR, UNAVAILABLE, checkOf, checkWidth, followAdvice, gadget,
        keepPicture, openDesktop, sampleLab, summaryOf} from './gadgets.mjs';
import {checkAxe} from './desktop.mjs';
import {PUB, ROOT, SUB, until} from './lab.mjs';
import {FROM, stage} from './stage.mjs';

const GOOD = 'CORS Preflight Test Succeeded ✔';
const BAD = 'CORS Preflight Test failed ✘';

/** The lab's lists as they are right everywhere. */
async function mendSubscriber(lab) {
    await lab.must(`utils cuic cors allowed_origin add ${FROM}`, 'cuicsub');
    await lab.must(`utils live-data cors allowed_origin add ${FROM}`, 'cuicsub');
}

/** What the browser writes when the preflights of the CORS check to the subscriber are refused. */
function expectSubscriberRefused(errors) {
    for (const host of [SUB])
        errors.expectRefusal({url: `https://${host}`, isPreflight: true});
}

const openCheck = async page => {
    await openDesktop(page, AGENT);
    return gadget(page, 'CORS check');
};

describe('CORS check', () => {
    const s = stage(sampleLab());
    const reset = () => s.lab.must('lab reset article');

    s.test('green on the publisher, red on the subscriber, and why', async ({page, errors}) => {
        await reset();
        const frame = await openCheck(page);
        for (const place of ['cuicpub, CUIC', 'cuicpub, Live Data', 'finesses, Finesse']) {
            const text = await (await checkOf(frame, place)).innerText();
            assert.match(text, /✔ Allowed/, place);
            assert.match(text, /status 200/, place);
        }
        assert.match(await (await checkOf(frame, 'cuicpub, CUIC')).innerText(), new RegExp(GOOD));
        assert.match(await (await checkOf(frame, 'finesses, Finesse')).innerText(),
                     /CORS is enabled for all origins ✔/);
        const bad = await checkOf(frame, 'cuicsub, CUIC');
        const why = bad.getByRole('region', {name: 'Explanation by the simulator'});
        await why.waitFor();
        const text = await bad.innerText();
        for (const part of [/✘ Refused/, /TypeError: Failed to fetch/, new RegExp(BAD),
                            /Listed only on another node \(certain\)/,
                            new RegExp(`${FROM} is listed for CUIC on cuicpub, and not on cuicsub`),
                            new RegExp(`utils cuic cors allowed_origin add ${FROM}`)])
            assert.match(text, part);
        assert.equal(await summaryOf(frame), '2 of 5 do not let this origin through.');
        expectSubscriberRefused(errors);
        await keepPicture(page, 'cors-check-article');
        await page.setViewportSize({width: 1280, height: 910});
        await keepPicture(page, 'cors-check-readme', {fullPage: false}); /* docs/images/cors-check.png */
    });

    s.test('green once its advice was followed', async ({page, errors}) => {
        await reset();
        const frame = await openCheck(page);
        for (const place of ['cuicsub, CUIC', 'cuicsub, Live Data'])
            await followAdvice(s.lab, (await checkOf(frame, place)).locator('.cuicsim-why'));
        expectSubscriberRefused(errors);
        await summaryOf(frame);
        await frame.getByRole('button', {name: 'Run again'}).click();
        await until(async () => await summaryOf(frame) === 'All 5 allow this origin.', 'all are green');
        assert.equal(await frame.locator('.cuicsim-why').count(), 0);
    });

    s.test('an exchange that was never answered', async ({page, errors}) => {
        await reset();
        await page.addInitScript(() => { /* page.route would do away with real preflights */
            const real = window.fetch;
            const preflight = {id: 1, status: 0, reason: null, request: 'OPTIONS /cuic/', response: null};
            window.fetch = (url, ...rest) => String(url).startsWith('/desktop/sim/exchanges?url=')
                ? Promise.resolve(Response.json({last: 1, preflight, request: null, remembered: false}))
                : real(url, ...rest);
        });
        const frame = await openCheck(page);
        const check = await checkOf(frame, 'cuicsub, CUIC');
        await check.getByText('Both OPTIONS exchanges, as recorded').click();
        await check.getByText('It was not answered').waitFor();
        expectSubscriberRefused(errors);
        await summaryOf(frame);
    });

    s.test('an exchange that is written down late', async ({page, errors}) => {
        await reset();
        await page.addInitScript(() => {
            const real = window.fetch;
            const asked = {};
            const preflight = {id: 2, status: 403, reason: null, request: 'OPTIONS /late/', response: 'HTTP/1.1 403'};
            window.fetch = (url, ...rest) => {
                if (!String(url).startsWith('/desktop/sim/exchanges?url='))
                    return real(url, ...rest);
                asked[url] = (asked[url] ?? 0) + 1;
                return Promise.resolve(Response.json(asked[url] <= 25
                    ? {last: 1, coming: 2, preflight: null, request: null, remembered: false}
                    : {last: 2, coming: 2, preflight, request: preflight, remembered: false}));
            };
        });
        const frame = await openCheck(page);
        const check = await checkOf(frame, 'cuicsub, CUIC');
        await check.getByText('Both OPTIONS exchanges, as recorded').click();
        await check.getByText('OPTIONS /late/').first().waitFor();
        expectSubscriberRefused(errors);
        await summaryOf(frame);
    });

    s.test('its commands are copied', async ({page, context, errors}) => {
        await reset();
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], {origin: FROM});
        const frame = await openCheck(page);
        const why = (await checkOf(frame, 'cuicsub, CUIC')).locator('.cuicsim-why');
        const copy = why.getByRole('button', {name: 'Copy the commands for cuicsub'}).first();
        await copy.click();
        await why.getByText('Copied').waitFor();
        assert.equal(await page.evaluate('navigator.clipboard.readText()'),
                     await why.locator('pre').first().textContent());
        expectSubscriberRefused(errors);
    });

    s.test('good from the beginning to the end: nothing on the console', async ({page}) => {
        await reset();
        await mendSubscriber(s.lab);
        const frame = await openCheck(page);
        assert.equal(await summaryOf(frame), 'All 5 allow this origin.');
        await keepPicture(page, 'cors-check-good');
    });

    /* What no page can tell apart, the simulator can. */
    for (const [name, node, break_, mend, title] of [
        ['CORS is disabled', 'cuicpub', 'utils cuic cors disable', 'utils cuic cors enable',
         /CORS is (switched off|disabled)/i],
        ['the service is stopped', 'cuicpub',
         'utils service stop Intelligence Center Reporting Service',
         'utils service start Intelligence Center Reporting Service', /The service is stopped/],
        ['the web proxy is stopped', 'cuicpub', 'utils service stop Cisco Web Proxy Service',
         'utils service start Cisco Web Proxy Service', /The web proxy is stopped/],
    ])
        s.test(`tells why: ${name}`, async ({page, errors}) => {
            await reset();
            await s.lab.must(break_, node);
            try {
                const frame = await openCheck(page);
                const check = await checkOf(frame, `${node}, CUIC`);
                assert.match(await check.locator('.cuicsim-why').innerText(), title);
                await followAdvice(s.lab, check.locator('.cuicsim-why'));
                await summaryOf(frame);
                await frame.getByRole('button', {name: 'Run again'}).click();
                await until(async () => /Allowed/.test(
                    await (await checkOf(frame, `${node}, CUIC`)).innerText()), 'it is mended');
            } finally {
                await s.lab.must(mend, node);
            }
            errors.allow(/^Failed to load resource: |blocked by CORS policy/);
        });

    /* Chromium of these days sends what Chrome 131 sent, as captured, in the same order. The capture
     * is of HTTP/2 as the developer tools show it: no Host, no Connection. */
    for (const [which, file] of [['preflight', 'cuicsub-preflight-refused'],
                                 ['request', 'cuicpub-options-allowed']])
        s.test(`the ${which} has the captured header names, in their order`, async ({page, errors}) => {
            await reset();
            const captured = readFileSync(
                join(ROOT, 'tests/data/captures', `${file}.request.txt`), 'utf8');
            const names = text => text.trimEnd().split(/\r?\n/).slice(1)
                .map(line => line.slice(0, line.indexOf(':')))
                .filter(name => name !== 'Host' && name !== 'Connection');
            const frame = await openCheck(page);
            await summaryOf(frame);
            const check = await checkOf(frame, 'cuicpub, CUIC');
            await check.locator('summary', {hasText: 'Both OPTIONS exchanges'}).click();
            const sent = await check.getByLabel(`Request, cuicpub, CUIC, ${which}`).innerText();
            assert.deepEqual(names(sent), names(captured));
            assert.match(await check.getByLabel(`Answer, cuicpub, CUIC, ${which}`).innerText(),
                         new RegExp(`^HTTP/1.1 200[^]*\naccess-control-allow-origin: ${FROM}\n`));
            expectSubscriberRefused(errors);
        });

    s.test('shows which exchange there was, and which there was not', async ({page, errors}) => {
        await reset();
        const frame = await openCheck(page);
        await summaryOf(frame);
        const open = async check => {
            await check.locator('summary', {hasText: 'Both OPTIONS exchanges'}).click();
            return check.innerText();
        };
        const refused = await open(await checkOf(frame, 'cuicsub, CUIC'));
        assert.match(refused, /HTTP\/1.1 403 Forbidden/);
        assert.match(refused, /It was not sent: the preflight's answer did not allow it/);
        assert.doesNotMatch(refused, /JSESSIONID=[0-9A-F]{8}/i, 'secrets are masked');
        await frame.getByRole('button', {name: 'Run again'}).click();
        await until(async () => await summaryOf(frame) !== '', 'the second round');
        const again = await open(await checkOf(frame, 'cuicpub, CUIC'));
        assert.match(again, /of an earlier check: the browser remembers its answer/);
        expectSubscriberRefused(errors);
    });

    s.test('addresses of one\'s own, by the keyboard alone', async ({page, errors}) => {
        await reset();
        await mendSubscriber(s.lab);
        const frame = await openCheck(page);
        await summaryOf(frame);
        await frame.getByRole('button', {name: 'Run again'}).focus();
        const press = async keys => {
            for (const key of keys)
                await page.keyboard.press(key);
        };
        const focused = () => frame.locator(':focus').evaluate(e => e.id || e.textContent.trim());
        while (await focused() !== 'Addresses to check')
            await press(['Tab']);
        await press(['Enter', 'Tab']);
        assert.equal(await focused(), 'urls');
        await press(['Control+a']);
        await page.keyboard.insertText(`https://${PUB}/cuic/\nhttps://nowhere.example/\nno address`);
        await press(['Tab']);
        assert.equal(await focused(), 'Check these');
        await press(['Enter']);
        await until(async () => await summaryOf(frame) === '2 of 3 do not let this origin through.',
                    'the three are checked');
        assert.match(await (await checkOf(frame, 'nowhere.example')).innerText(),
                     /all look alike to a page/);
        await page.reload();
        const later = await gadget(page, 'CORS check');
        assert.equal(await summaryOf(later), '2 of 3 do not let this origin through.');
        await later.locator('#settings summary').click();
        await later.getByRole('button', {name: 'The lab\'s own'}).click();
        await until(async () => await summaryOf(later) === 'All 5 allow this origin.', 'the lab\'s own');
        errors.expect('Failed to load resource: net::ERR_CONNECTION_REFUSED [https://nowhere.example/]');
    });

    s.test('explains only to this desktop', async () => {
        const where = `url=https://${SUB}/cuic/&origin=${FROM}`;
        const ask = (headers, path = 'explain') => s.lab.ask('finesse',
            `/desktop/sim/${path}?${where}`, {host: new URL(FROM).hostname, headers});
        for (const path of ['explain', 'places', 'exchanges']) {
            assert.equal((await ask({}, path)).status, 200, path);
            const foreign = await ask({Origin: 'https://evil.example'}, path);
            assert.equal(foreign.status, 403, path);
            assert.equal(foreign.headers['access-control-allow-origin'], undefined, path);
            assert.equal((await ask({Host: 'evil.example:8445'}, path)).status, 403, path);
        }
    });
});

describe('CORS check, edits wait for the restart', () => {
    const s = stage(sampleLab('apply_changes = on-restart'));

    s.test('green only after the restart', async ({page, errors}) => {
        const frame = await openCheck(page);
        const again = async () => {
            await summaryOf(frame);
            await frame.getByRole('button', {name: 'Run again'}).click();
            await summaryOf(frame);
            return (await checkOf(frame, 'cuicsub, CUIC')).innerText();
        };
        assert.match(await (await checkOf(frame, 'cuicsub, CUIC')).innerText(), /✘ Refused/);
        await s.lab.must(`utils cuic cors allowed_origin add ${FROM}`, 'cuicsub');
        const between = await again();
        assert.match(between, /✘ Refused/);
        assert.match(between, /not restarted|restart/i);
        assert.doesNotMatch(between, /allowed_origin add/);
        await keepPicture(page, 'cors-check-not-restarted');
        await s.lab.must('utils service restart Intelligence Center Reporting Service', 'cuicsub');
        assert.match(await again(), /✔ Allowed/);
        expectSubscriberRefused(errors);
    });
});

describe('Live Data report', () => {
    const s = stage(sampleLab('simulation { agents = 20 }'));
    const reset = () => s.lab.must('lab reset article');
    const openReport = async (page, id, tab, title) => {
        await openDesktop(page, id, tab);
        return gadget(page, title);
    };
    const status = frame => frame.locator('.cuic-status');
    const says = (frame, text) => until(async () => (await status(frame).textContent()).includes(text),
                                        async () => `it says '${text}'`);
    const LIVE = `Live from https://${PUB}:8444 by websocket`;

    s.test('an agent\'s report follows what happens', async ({page}) => {
        await reset();
        await mendSubscriber(s.lab);
        const id = await idleAgent(s.lab);
        const frame = await openReport(page, id, 'Live Data', 'Agent');
        await says(frame, LIVE);
        const mine = frame.locator('tr', {has: frame.getByRole('cell', {name: id, exact: true})});
        await mine.getByRole('cell', {name: 'Not Ready'}).waitFor();
        await page.getByLabel('Change state').selectOption({label: 'Ready'});
        await mine.getByRole('cell', {name: /^(Ready|Reserved|Talking|Hold|Wrap Up)$/}).waitFor(); /* a call may wait */
        const before = await frame.locator('tbody').innerText();
        await until(async () => await frame.locator('tbody').innerText() !== before, 'it goes on');
        await keepPicture(page, 'live-data-agent');
    });

    s.test('a supervisor\'s team and queue', async ({page}) => {
        await reset();
        await mendSubscriber(s.lab);
        const team = await openReport(page, SUPERVISOR, 'Team Data', 'Agent');
        const queue = await gadget(page, 'Precision Queue');
        for (const frame of [team, queue]) {
            await says(frame, LIVE);
            assert.ok(await frame.locator('tbody tr').count() > 0);
        }
        await keepPicture(page, 'live-data-supervisor');
    });

    s.test('who gives up an attempt to connect is told of no error', async ({page}) => {
        await reset();
        await mendSubscriber(s.lab);
        const frame = await openReport(page, AGENT, 'Live Data', 'Agent');
        await says(frame, LIVE);
        const {body} = await s.lab.ask('live-data', '/livedata/token/new', {
            headers: {authorization: `Basic ${btoa('agent1002:x')}`}});
        const ended = await frame.locator('body').evaluate((_, [base, token]) => new Promise(done => {
            const {close} = WebSocket.prototype;
            WebSocket.prototype.close = function () {
                done(this.readyState === WebSocket.OPEN);
                close.call(this);
            };
            const nothing = () => {};
            new CuicEngine.Connection('websocket', base, token, {
                connected: nothing, event: nothing, error: nothing, lost: nothing}).close();
        }), [`https://${PUB}:8444`, JSON.parse(body).token]);
        assert.ok(ended, 'it is closed once it is open');
    });

    s.test('only CUIC\'s list is right: it fails, says so, and recovers', async ({page, errors}) => {
        await reset();
        await s.lab.must(`utils live-data cors allowed_origin delete ${FROM}`);
        const frame = await openReport(page, AGENT, 'Live Data', 'Agent');
        await says(frame, UNAVAILABLE);
        assert.ok(await frame.locator('tbody tr').count() > 0, 'the first rows are CUIC\'s');
        const why = frame.locator('.cuicsim-why', {hasText: 'cuicpub'}).first();
        await why.getByText('Listed for CUIC, not for Live Data').waitFor();
        assert.match(await why.innerText(), /The simulator explains \(no product does\)/);
        await keepPicture(page, 'live-data-refused');
        await checkAxe(page, 'a refused report');
        await followAdvice(s.lab, why);
        await says(frame, 'Live from ');
        await until(async () => await frame.locator('.cuicsim-why').count() === 0,
                    'the explanation is gone');
        errors.allow(/blocked by CORS policy|^Failed to load resource: net::ERR_FAILED|^WebSocket connection/);
    });

    s.test('only Live Data\'s list is right: nothing to show, and why', async ({page, errors}) => {
        await reset();
        await s.lab.must(`utils cuic cors allowed_origin delete ${FROM}`);
        const frame = await openReport(page, AGENT, 'Live Data', 'Live Data');
        await frame.getByText('Listed for Live Data, not for CUIC').waitFor();
        assert.equal(await frame.locator('tbody tr').count(), 0);
        errors.allow(/blocked by CORS policy|^Failed to load resource: net::ERR_FAILED/);
    });

    s.test('cut off: the failover text, the other node, and back', async ({page, errors}) => {
        const proxy = (verb, node) => s.lab.must(`utils service ${verb} Cisco Web Proxy Service`, node);
        await reset();
        await mendSubscriber(s.lab);
        const frame = await openReport(page, AGENT, 'Live Data', 'Agent');
        await says(frame, LIVE);
        await proxy('stop', 'cuicpub');
        try {
            await says(frame, `Live from https://${SUB}:8444`);
            await proxy('stop', 'cuicsub');
            await says(frame, UNAVAILABLE);
            await frame.getByText('The web proxy is stopped').first().waitFor();
            await keepPicture(page, 'live-data-cut-off');
        } finally {
            await proxy('start', 'cuicpub');
            await proxy('start', 'cuicsub');
        }
        await says(frame, 'Live from ');
        errors.allow(/^Failed to load resource: net::ERR_|^WebSocket connection|blocked by CORS policy/);
    });
});

describe('the sample desktop', () => {
    const s = stage(sampleLab());

    for (const colorScheme of ['light', 'dark'])
        for (const width of [1280, 400])
            s.test(`${width} pixels, ${colorScheme}`, async ({page, errors}) => {
                await s.lab.must('lab reset article');
                for (const [id, tab, titles] of [
                    [AGENT, 'Home', ['My agent', 'Hello', 'CORS check']],
                    [AGENT, 'Live Data', ['Agent']],
                    [SUPERVISOR, 'Team Data', ['Agent', 'Precision Queue']],
                ]) {
                    await openDesktop(page, id, tab);
                    for (const title of titles)
                        await gadget(page, title);
                    if (titles.includes('CORS check')) {
                        const frame = await gadget(page, 'CORS check');
                        await summaryOf(frame);
                        for (const summary of await frame.locator('summary').all())
                            await summary.click();
                    }
                    const where = `${tab} of ${id}, ${width} pixels, ${colorScheme}`;
                    await checkAxe(page, where);
                    await checkWidth(page, where);
                    await keepPicture(page, `desktop-${id}-${tab.replace(' ', '-')}-${width}-${colorScheme}`);
                }
                expectSubscriberRefused(errors);
            }, {context: {viewport: {width, height: 800}, colorScheme}});
});
