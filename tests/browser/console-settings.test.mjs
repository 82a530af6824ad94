/* The console's settings in Chromium: what is configured and running, and changes with the token. */
import assert from 'node:assert/strict';
import {describe} from 'node:test';
import {stage} from './stage.mjs';
import {FROM, SITES, consoleUrl, floodAndShow, holdAnswer, look, openConsole, openGadget, rows, shellJson,
        shot, until} from './console.mjs';

const RESTART = 'utils service restart Intelligence Center Reporting Service';

describe('console: settings', () => {
    const s = stage({sites: SITES, config: 'apply_changes = on-restart\nconsole_write = yes'});

    const withToken = () => s.lab.console;
    const policy = (page, node, service) => page.locator(`section[aria-labelledby="head-${node}-${service}"]`);
    const listed = async node => (await shellJson(s, 'utils cuic cors allowed_origin list', node)).origins;

    s.test('both stages, differences marked, live', async ({page}) => {
        await openConsole(s, page, 'settings');
        const sub = policy(page, 'cuicsub', 'cuic');
        await sub.getByText('running as configured').waitFor();
        assert.equal(await sub.locator('.differs').count(), 0);
        await s.lab.must(`utils cuic cors allowed_origin add ${FROM}`, 'cuicsub');
        await sub.locator('.differs', {hasText: FROM}).waitFor();
        assert.match(await sub.locator('.differs').textContent(), /runs after a restart/);
        assert.match(await sub.locator('.waits').textContent(), /restart of Intelligence Center Reporting Service/);
        await s.lab.must('utils cuic cors allowed_origin delete https://finessep.uccelab.tac', 'cuicsub');
        await sub.locator('.differs', {hasText: 'runs until a restart'}).waitFor();
        assert.match(await page.locator('.matrix tr', {hasText: FROM}).locator('td').nth(2).textContent(), /runs after a restart/);
        await shot(page, 'settings', {fullPage: true});
        await s.lab.must(RESTART, 'cuicsub');
        await sub.getByText('running as configured').waitFor();
        await s.lab.must('utils service stop CCE Live Data Web Service', 'cuicsub');
        await page.getByRole('article', {name: 'Node cuicsub'}).locator('.service.stopped', {hasText: 'CCE Live Data Web Service'}).waitFor();
        await s.lab.must('lab reset article');
        await s.lab.must('utils service start CCE Live Data Web Service', 'cuicsub');
    });

    s.test('without the token nothing can be changed', async ({page}) => {
        await openConsole(s, page, 'settings');
        await policy(page, 'cuicsub', 'cuic').waitFor();
        assert.equal(await page.locator('#settings button, #settings form').count(), 0);
        await page.locator('#token').waitFor();
    });

    s.test('a wrong token is refused', async ({page, errors}) => {
        await openConsole(s, page, 'settings');
        await page.locator('#token').fill('0123456789abcdef0123456789abcdef');
        await page.getByRole('button', {name: 'Use the token'}).click();
        await page.getByRole('button', {name: 'Disable: CORS for CUIC on cuicsub'}).click();
        await page.locator('.problem', {hasText: 'token'}).waitFor();
        errors.expect(/status of 403/);
        assert.equal((await shellJson(s, 'utils cuic cors status', 'cuicsub')).mode, 'enabled');
    });

    s.test('add, restart, delete, disable, reset: with the shell\'s audit log', async ({page, newPage, errors}) => {
        await openConsole(s, page, 'settings', withToken());
        assert.ok(!page.url().includes('token'), 'the token has left the address');
        const sub = policy(page, 'cuicsub', 'cuic');
        const input = page.getByRole('textbox', {name: 'Origin to add for CUIC on cuicsub'});
        await input.fill(`${FROM}/`);
        await input.press('Enter');
        await page.locator('.problem', {hasText: 'a slash at the end'}).waitFor();
        errors.expect(/status of 400/);
        await input.fill(FROM);
        await input.press('Enter');
        await sub.locator('.differs', {hasText: FROM}).waitFor();
        assert.equal(await page.locator('.problem').count(), 0);
        assert.ok((await listed('cuicsub')).includes(FROM));
        await page.getByRole('button', {name: 'Restart Intelligence Center Reporting Service on cuicsub'}).click();
        await sub.getByText('running as configured').waitFor();
        const ask = await openGadget(s, await newPage());
        assert.equal(await ask('https://cuicsub.uccelab.tac/cuic/'), 200);

        await page.getByRole('button', {name: `Delete ${FROM} of CUIC on cuicsub`}).click();
        await sub.locator('.differs', {hasText: 'runs until a restart'}).waitFor();
        assert.ok(!(await listed('cuicsub')).includes(FROM));
        await page.getByRole('button', {name: 'Disable: CORS for CUIC on cuicsub'}).click();
        await sub.getByRole('button', {name: 'Enable: CORS for CUIC on cuicsub'}).waitFor();
        const {entries} = await shellJson(s, 'lab audit list 4');
        assert.deepEqual(entries.map(e => [e.node, e.user, e.result, e.command]), [
            ['cuicsub', 'console', 'done', `utils cuic cors allowed_origin add ${FROM}`],
            ['cuicsub', 'console', 'done', RESTART],
            ['cuicsub', 'console', 'done', `utils cuic cors allowed_origin delete ${FROM}`],
            ['cuicsub', 'console', 'done', 'utils cuic cors disable']]);

        await page.getByRole('button', {name: 'Reset to the article'}).click();
        await page.getByRole('button', {name: 'Cancel'}).click();
        assert.equal((await shellJson(s, 'utils cuic cors status', 'cuicsub')).mode, 'disabled');
        await page.getByRole('button', {name: 'Reset to the article'}).click();
        await page.getByRole('button', {name: 'Do it'}).click();
        await sub.getByText('running as configured').waitFor();
        assert.equal((await shellJson(s, 'utils cuic cors status', 'cuicsub')).mode, 'enabled');
        await shot(page, 'settings-writable', {fullPage: true});
    });

    s.test('what is typed and unfolded stays when settings change', async ({page}) => {
        await openConsole(s, page, 'settings', withToken());
        const input = page.getByRole('textbox', {name: 'Origin to add for CUIC on cuicpub'});
        await input.fill('https://half-typed');
        await page.locator('#others-cuicpub summary').click();
        await input.focus();
        await s.lab.must('utils cuic cors allowed_headers add x-new', 'cuicsub');
        await policy(page, 'cuicsub', 'cuic').locator('.differs', {hasText: 'x-new'}).waitFor();
        assert.equal(await input.inputValue(), 'https://half-typed');
        assert.ok(await input.evaluate(e => e === document.activeElement), 'it has the focus still');
        assert.ok(await page.locator('#others-cuicpub[open]').count() === 1);
        await s.lab.must('lab reset article');
    });

    s.test('a press counts although settings change while it lasts', async ({page}) => {
        await openConsole(s, page, 'settings', withToken());
        const button = page.getByRole('button', {name: 'Disable: CORS for CUIC on cuicsub'});
        const other = policy(page, 'cuicpub', 'cuic').locator('.differs', {hasText: FROM});
        const drawn = () => page.evaluate(() => document.querySelector('.node-card').dataset.mark);
        await button.hover();
        await page.mouse.down(); /* until then news of earlier changes may be drawn */
        await page.evaluate(() => { document.querySelector('.node-card').dataset.mark = 'before'; });
        const read = page.waitForResponse(async answer => /api.state$/.test(answer.url()) &&
            (await answer.json()).nodes[0].policies.some(p => p.service === 'cuic' && !p.configured.allowed_origin.includes(FROM)));
        await s.lab.must(`utils cuic cors allowed_origin delete ${FROM}`);
        await (await read).finished();
        assert.equal(await drawn(), 'before');
        await page.mouse.up();
        await other.waitFor();
        await policy(page, 'cuicsub', 'cuic').getByRole('button', {name: 'Enable: CORS for CUIC on cuicsub'}).waitFor();
        assert.equal((await shellJson(s, 'utils cuic cors status', 'cuicsub')).mode, 'disabled');
        await s.lab.must('lab reset article');
    });

    s.test('an answer that was overtaken does not hide a newer one', async ({page}) => {
        await openConsole(s, page, 'settings');
        const answer = await holdAnswer(page, '/api/state');
        const differs = policy(page, 'cuicsub', 'cuic').locator('.differs');
        await s.lab.must('utils cuic cors allowed_headers add x-first', 'cuicsub');
        await answer.held();
        await s.lab.must('utils cuic cors allowed_headers add x-second', 'cuicsub');
        await differs.filter({hasText: 'x-second'}).waitFor();
        await answer.release();
        assert.equal(await differs.filter({hasText: 'x-second'}).count(), 1);
        await s.lab.must('lab reset article');
    });

    s.test('a tab that was asleep shows what changed meanwhile', async ({page, newPage}) => {
        const other = await newPage(); /* told of the change when it happens */
        const differs = one => policy(one, 'cuicsub', 'cuic').locator('.differs', {hasText: 'x-asleep'});
        await openConsole(s, other, 'settings');
        await page.clock.install();
        await openConsole(s, page, 'settings');
        await look(page, true);
        await page.clock.fastForward(21000);
        await page.locator('#connection[data-state="asleep"]').waitFor();
        await s.lab.must('utils cuic cors allowed_headers add x-asleep', 'cuicsub');
        await differs(other).waitFor();
        await look(page, false);
        await differs(page).waitFor();
        await s.lab.must('lab reset article');
    });

    s.test('a diagnosis is run from where it stands', async ({page, newPage, errors}) => {
        await openConsole(s, page, 'exchanges', withToken());
        const ask = await openGadget(s, await newPage());
        const url = 'https://cuicsub.uccelab.tac/cuic/?run';
        assert.equal(await ask(url), 'TypeError: Failed to fetch');
        errors.expectRefusal({url});
        await rows(page, '/cuic/?run').first().click();
        const run = page.locator('.mistake:first-child').getByRole('button', {name: 'Run the command on cuicsub'});
        for (let i = 0; i < 2; i++) {
            await run.nth(i).click();
            await run.nth(i).getByText('Done').waitFor();
        }
        assert.equal(await ask(url), 200);
        const {entries} = await shellJson(s, 'lab audit list 2');
        assert.deepEqual(entries.map(e => [e.user, e.command]), [
            ['console', `utils cuic cors allowed_origin add ${FROM}`], ['console', RESTART]]);
        await s.lab.must('lab reset article');
    });

    s.test('the trace is cleared, here and in the file', async ({page}) => {
        await openConsole(s, page, 'exchanges', withToken());
        await floodAndShow(s, page, 1, () => ({path: '/cuic/'})); /* nothing is on its way any more */
        await page.locator('nav a[data-view="settings"]').click();
        await page.getByRole('button', {name: 'Clear the trace'}).click();
        await page.getByRole('button', {name: 'Do it'}).click();
        await page.locator('nav a[data-view="exchanges"]').click();
        await page.locator('#list-status', {hasText: '0 exchanges'}).waitFor();
        await until(async () => JSON.parse((await s.lab.ask('console', '/api/exchanges', {host: 'localhost'})).body).list.length === 0,
                    'the trace is empty');
    });

    s.test('no other origin gets anything out of it, or into it', async ({page, errors}) => {
        const at = consoleUrl(s);
        const token = s.lab.console.split('=')[1];
        s.pages.add('/evil.html', '<!DOCTYPE html><title>evil</title><iframe></iframe>');
        await page.goto(`${FROM}/evil.html`);
        errors.expect(/./);
        const got = await page.evaluate(async ({at, token}) => {
            const failed = promise => promise.then(r => `answered ${r.type} ${r.status}`, () => 'failed');
            const order = JSON.stringify({action: 'disable', node: 'cuicpub', service: 'cuic'});
            const script = document.createElement('script');
            const isScript = new Promise(done => { script.onload = () => done('loaded'); script.onerror = () => done('failed'); });
            script.src = `${at}main.js`;
            document.body.append(script);
            const source = new EventSource(`${at}api/events`);
            const isEvents = new Promise(done => { source.onopen = () => done('open'); source.onerror = () => done('failed'); });
            return {
                read: await failed(fetch(`${at}api/lab`)),
                credentials: await failed(fetch(`${at}api/state`, {credentials: 'include'})),
                metrics: await failed(fetch(`${at}metrics`)),
                opaque: await failed(fetch(`${at}api/change`, {method: 'POST', mode: 'no-cors', body: order})),
                json: await failed(fetch(`${at}api/change`, {method: 'POST', body: order,
                    headers: {'content-type': 'application/json', 'x-console-token': token}})),
                script: await isScript, events: await isEvents,
            };
        }, {at, token});
        assert.deepEqual(got, {read: 'failed', credentials: 'failed', metrics: 'failed', opaque: 'failed',
                               json: 'failed', script: 'failed', events: 'failed'});
        await page.locator('iframe').evaluate((frame, url) => { frame.src = url; }, at);
        await until(() => errors.list.some(t => /frame-ancestors|refused|Framing|ERR_BLOCKED|403/i.test(t)), () => errors.list.join('\n'));
        assert.equal((await shellJson(s, 'utils cuic cors status')).mode, 'enabled');
    });
});
