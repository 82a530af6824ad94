/* The console in Chromium: what it shows of real exchanges of a real gadget. */
import assert from 'node:assert/strict';
import {describe} from 'node:test';
import {stage} from './stage.mjs';
import {FROM, PUB_URL, SITES, SUB_URL, consoleUrl, flood, floodAndShow, holdAnswer, look, openConsole,
        openGadget, recorded, rows, shellJson, shot, showExchange, until} from './console.mjs';

describe('console: exchanges', () => {
    const s = stage({sites: SITES});

    const steps = page => page.locator('.steps li').allTextContents();
    const commands = page => page.locator('#detail .mistake:first-child .commands li').evaluateAll(
        list => list.map(li => [li.querySelector('.node-chip').textContent,
                                li.querySelector('code').lastChild.textContent]));

    s.test('a refusal: the step that fails, and the commands that mend it', async ({page, context, newPage, errors}) => {
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], {origin: consoleUrl(s)});
        await openConsole(s, page);
        const ask = await openGadget(s, await newPage());
        assert.equal(await ask(SUB_URL, {method: 'PUT'}), 'TypeError: Failed to fetch');
        errors.expectRefusal({url: SUB_URL, isPreflight: true});

        await showExchange(page, 'Origin not in the allowed list');
        assert.equal(await page.locator('#detail h3').textContent(), 'Refused: Origin not in the allowed list');
        assert.equal(await page.locator('.diagram g.fail').count(), 1);
        assert.match(await page.locator('.diagram g.fail').textContent(), /Origin not in the allowed list.*fails here/);
        assert.match((await steps(page))[2], /^the server Origin not in the allowed list \(fails here\)$/);
        assert.match((await steps(page)).at(-2), /PUT \/cuic\/ never sent \(does not happen\)$/);
        assert.match((await steps(page)).at(-1), /TypeError: Failed to fetch/);
        const heads = await page.locator('.head-block pre').allTextContents();
        assert.equal(heads.length, 2);
        assert.match(heads[0], /^OPTIONS \/cuic\/ HTTP\/1\.1\nHost: cuicsub\.uccelab\.tac\n/);
        assert.match(heads[0], new RegExp(`^Origin: ${FROM}$`, 'm'));
        assert.match(heads[1], /^HTTP\/1\.1 403 Forbidden\nserver: nginx\n/);

        const plan = await commands(page);
        assert.deepEqual(plan, [
            ['cuicsub', `utils cuic cors allowed_origin add ${FROM}`],
            ['cuicsub', 'utils service restart Intelligence Center Reporting Service']]);
        await shot(page, 'refused', {fullPage: true});
        await page.locator('.mistake:first-child .copy').first().click();
        await until(async () => await page.evaluate(() => navigator.clipboard.readText()) === plan[0][1], 'the command is copied');
        for (const [node, command] of plan)
            await s.lab.must(command, node);
        assert.equal(await ask(SUB_URL, {method: 'PUT'}), 200);
        await rows(page, 'Cross-origin request allowed').first().waitFor();
        await s.lab.must(`utils cuic cors allowed_origin delete ${FROM}`, 'cuicsub');
    });

    s.test('an accepted exchange: preflight and request as one story', async ({page, newPage}) => {
        await openConsole(s, page);
        const ask = await openGadget(s, await newPage());
        const begin = Date.now() * 1000;
        assert.equal(await ask(PUB_URL, {method: 'DELETE'}), 200);
        await recorded(s, begin, 2); /* before, one may be shown without the other */
        await showExchange(page, 'DELETE');
        await page.locator('#detail h4', {hasText: 'Headers of the preflight'}).waitFor();
        assert.equal(await page.locator('.diagram g.fail, .diagram g.after, .diagram g.skip').count(), 0);
        assert.deepEqual((await steps(page)).map(t => t.replace(/ (page of|preflight,|Origin:|access-control).*/s, '')), [
            'the gadget to the browser fetch: DELETE /cuic/',
            'the browser to the server OPTIONS /cuic/', 'the server Preflight allowed',
            'the server to the browser 200', 'the browser The preflight passes',
            'the browser to the server DELETE /cuic/', 'the server Cross-origin request allowed',
            'the server to the browser 200', 'the browser The answer may be read',
            'the browser to the gadget The answer the script can read it']);
        assert.equal(await page.locator('.head-block pre').count(), 4);
        assert.equal(await page.locator('.mistake').count(), 0);
        assert.match(await page.locator('.head-block pre').nth(1).textContent(), /^access-control-max-age: 600$/m);
        await shot(page, 'accepted', {fullPage: true});
        /* from its preflight it is the same story */
        await rows(page, 'Preflight allowed').first().click();
        await page.locator('#detail h3', {hasText: 'Preflight allowed'}).waitFor();
        assert.equal((await steps(page)).length, 10);
    });

    let cases = 0;

    /** What the page says that Chromium's console says, and what that really says. */
    for (const [name, {origin = FROM, url = PUB_URL, init = {}, shell = [], frame = false}] of Object.entries({
        'not listed': {url: SUB_URL},
        'not listed, with a preflight': {url: SUB_URL, init: {method: 'PUT'}},
        'a header': {init: {headers: {requestid: '1'}}},
        'a method': {init: {method: 'PATCH'}},
        'CORS disabled': {shell: ['utils cuic cors disable', 'utils cuic cors enable']},
        'CORS disabled, with a preflight': {init: {method: 'PUT'}, shell: ['utils cuic cors disable', 'utils cuic cors enable']},
        'the service is stopped': {init: {method: 'PUT'}, shell: [
            'utils service stop Intelligence Center Reporting Service', 'utils service start Intelligence Center Reporting Service']},
        'a redirect of a preflight': {url: PUB_URL.slice(0, -1), init: {method: 'PUT'}},
        'the null origin': {frame: true},
        'outside the application': {url: 'https://cuicpub.uccelab.tac/elsewhere'},
    }))
        s.test(`as Chromium has it: ${name}`, async ({page, newPage, errors}) => {
            const target = `${url}?case=${++cases}`;
            await openConsole(s, page);
            const gadget = await newPage();
            const said = [];
            gadget.on('console', m => said.push(m.text()));
            for (const command of shell.slice(0, 1))
                await s.lab.must(command);
            if (frame) {
                s.pages.add('/frame.html', `<!DOCTYPE html><iframe sandbox="allow-scripts" srcdoc="<script>fetch('${target}').catch(() => 0)</script>"></iframe>`);
                await gadget.goto(`${origin}/frame.html`);
            } else {
                await (await openGadget(s, gadget, origin))(target, init);
            }
            errors.expect(/blocked by CORS policy/);
            errors.expect(/Failed to load resource/);
            const line = await until(() => said.find(t => t.includes('blocked by CORS policy')), () => said.join('\n'));
            await rows(page, `?case=${cases}`).first().click();
            const told = await page.locator('.says code').textContent();
            assert.equal(told, line);
            assert.equal(await page.locator('.steps li.fail').count(), 1);
            for (const command of shell.slice(1))
                await s.lab.must(command);
        });

    s.test('filters, pause, clear', async ({page}) => {
        await openConsole(s, page);
        await floodAndShow(s, page, 1, () => ({path: '/cuic/the-last-before'}));
        await page.locator('#clear').click();
        await flood(s, 12, i => ({path: `/cuic/n${i}`, host: i % 3 ? 'cuicpub.uccelab.tac' : 'cuicsub.uccelab.tac',
            headers: i % 2 ? {origin: FROM} : {}}));
        const count = text => page.locator('#list-status', {hasText: text}).waitFor();
        await count('12 exchanges');
        await page.locator('#filter-node').selectOption('cuicsub');
        await count('4 of 12 exchanges');
        await page.locator('#filter-outcome').selectOption('refused');
        await count('2 of 12 exchanges');
        await page.locator('#filter-reset').click();
        await page.locator('#filter-text').fill('/N11');
        await count('1 of 12 exchanges');
        assert.match(await rows(page, '/cuic/n11').textContent(), /allowed/);
        await page.locator('#filter-text').fill('nothing has this');
        await page.getByText('No exchange fits the filters.').waitFor();
        await page.locator('#filter-reset').click();
        await page.locator('#legend button', {hasText: 'Cross-origin request allowed'}).click();
        await count('4 of 12 exchanges');
        await page.locator('#filter-reset').click();
        await page.locator('#filter-service').selectOption('live-data');
        await count('0 of 12 exchanges');
        await page.locator('#filter-reset').click();

        await page.locator('#pause').click();
        const begin = Date.now() * 1000;
        await flood(s, 3, i => ({path: `/cuic/p${i}`}));
        await count('paused, 3 more');
        assert.equal(await rows(page, '/cuic/p').count(), 0);
        await page.locator('#pause').click();
        await count('15 exchanges');
        await page.locator('#clear').click();
        await count('0 exchanges');
        await recorded(s, begin, 3);
        await page.locator('#earlier').click();
        await rows(page, '/cuic/p2').waitFor();
    });

    s.test('what a client sends is text', async ({page}) => {
        const evil = 'https://<img src=x onerror=window.pwned=1>';
        await openConsole(s, page);
        await flood(s, 1, () => ({path: '/cuic/"><script>window.pwned=1</script>?a=<b>', headers: {
            origin: evil, 'x-evil': '</pre><script>window.pwned=1</script>', 'user-agent': '"><svg onload=window.pwned=1>'}}));
        await showExchange(page, 'Malformed origin');
        assert.match(await page.locator('.head-block pre').first().textContent(), /<\/pre><script>window\.pwned=1<\/script>/);
        assert.match(await page.locator('#detail').textContent(), /<img src=x onerror=window\.pwned=1>/);
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.locator('#detail img, #detail script, #list script, #list img').count(), 0);
    });

    s.test('the server ends and comes again', async ({page, errors}) => {
        await openConsole(s, page);
        await s.lab.stopServer();
        await page.locator('#connection[data-state="lost"]').waitFor();
        await s.lab.startServer();
        await page.locator('#connection[data-state="live"]').waitFor();
        await flood(s, 1, () => ({path: '/cuic/after-the-restart'}));
        await rows(page, '/cuic/after-the-restart').waitFor();
        errors.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load/);
    });

    s.test('a link to an exchange, and back to the list', async ({page, newPage}) => {
        await flood(s, 1, () => ({path: '/cuic/linked', headers: {origin: FROM}}));
        await openConsole(s, page);
        await rows(page, '/cuic/linked').first().click();
        await page.locator('#detail .facts', {hasText: '/cuic/linked'}).waitFor();
        assert.match(page.url(), /#\/exchanges\/i\d+$/);
        const other = await newPage();
        await other.bringToFront();
        await other.goto(page.url());
        await other.locator('#detail .facts', {hasText: '/cuic/linked'}).waitFor();
        assert.match(await other.locator('#detail h3').textContent(), /^Allowed: /);
        await page.bringToFront();
        await page.locator('#detail').press('Escape');
        assert.ok(await page.locator('#list').evaluate(e => e === document.activeElement));
    });

    s.test('a hidden tab lets go of the server, and catches up', async ({page}) => {
        const streams = async () => (await s.lab.ask('console', '/metrics', {host: 'localhost'})).body
            .match(/^cuicsim_console_streams (\d+)$/m)[1];
        await page.clock.install();
        await openConsole(s, page);
        await look(page, true);
        await page.clock.fastForward(21000);
        await page.locator('#connection[data-state="asleep"]').waitFor();
        await flood(s, 3, i => ({path: `/cuic/asleep${i}`}));
        await look(page, false);
        await page.locator('#connection[data-state="live"]').waitFor();
        await page.clock.fastForward(1000);
        for (let i = 0; i < 3; i++)
            await rows(page, `/cuic/asleep${i}`).waitFor();
        assert.ok(Number(await streams()) >= 1);
    });

    s.test('what never came to the filter: why', async ({page}) => {
        await openConsole(s, page);
        const service = 'Intelligence Center Reporting Service';
        await s.lab.must(`utils service stop ${service}`, 'cuicsub');
        await flood(s, 1, () => ({path: '/cuic/unasked', host: 'cuicsub.uccelab.tac', headers: {origin: FROM}}));
        await s.lab.must(`utils service start ${service}`, 'cuicsub');
        await flood(s, 1, () => ({path: '/unasked', headers: {origin: FROM}}));
        await page.locator('#filter-text').fill('unasked');
        await rows(page, 'Outside the filter').waitFor();
        await rows(page, 'The service does not run').click();
        assert.equal(await page.locator('#detail h3').textContent(), 'The service does not run');
        await page.locator('#detail .why-text', {hasText: 'answers 502 without any CORS header'}).waitFor();
        await page.locator('#legend button', {hasText: 'The service does not run'}).click();
        assert.equal(await page.locator('#filter-reason').inputValue(), 'service-down');
        await page.locator('#list-status', {hasText: /^1 of/}).waitFor();
        await shot(page, 'unasked');
    });

    s.test('counts over time', async ({page}) => {
        await openConsole(s, page);
        await flood(s, 5, () => ({path: '/cuic/', host: 'cuicsub.uccelab.tac', headers: {origin: FROM}}));
        const legend = page.locator('#legend li', {hasText: 'Origin not in the allowed list'});
        await legend.waitFor();
        assert.match(await page.locator('#chart').getAttribute('aria-label'), /Origin not in the allowed list/);
        assert.ok(await page.evaluate(() => Chart.getChart('chart').data.datasets.length) > 0);
    });
});

describe('console: explain', () => {
    const s = stage({sites: SITES});

    s.test('a request, as lab explain', async ({page}) => {
        await openConsole(s, page, 'explain');
        await page.locator('#explain-origin').fill(FROM);
        await page.locator('#explain-node').selectOption('cuicsub');
        await page.locator('#explain-method').selectOption('PUT');
        await page.locator('#explain-headers').fill('requestid');
        await page.getByRole('button', {name: 'Explain', exact: true}).click();
        await page.locator('.result .headline').waitFor();
        const shell = await shellJson(s, `lab explain --origin ${FROM} --node cuicsub --method PUT --headers requestid`);
        assert.equal(shell.verdict, 'refused');
        assert.equal(await page.locator('.result h3').textContent(), 'It would be refused');
        assert.deepEqual(await page.locator('.result .mistake-head .code').allTextContents(),
                         shell.diagnoses.map(d => d.mistake));
        assert.deepEqual(await page.locator('.result .commands code').evaluateAll(l => l.map(c => c.lastChild.textContent)),
                         shell.diagnoses.flatMap(d => d.commands.map(c => c.command)));
        await shot(page, 'explain', {fullPage: true});
        await page.locator('#explain-node').selectOption('cuicpub');
        await page.locator('#explain-headers').fill('');
        await page.getByRole('button', {name: 'Explain', exact: true}).click();
        await page.locator('.result h3', {hasText: 'It would pass'}).waitFor();
    });

    s.test('an answer that was overtaken is not shown', async ({page}) => {
        await openConsole(s, page, 'explain');
        const explain = async node => {
            await page.locator('#explain-node').selectOption(node);
            await page.getByRole('button', {name: 'Explain', exact: true}).click();
        };
        await page.locator('#explain-origin').fill(FROM);
        const answer = await holdAnswer(page, '/api/explain');
        await explain('cuicsub');
        await answer.held();
        await explain('cuicpub');
        await page.locator('.result h3', {hasText: 'It would pass'}).waitFor();
        await answer.release();
        assert.equal(await page.locator('.result h3').textContent(), 'It would pass');
    });

    s.test('a line of the browser\'s console', async ({page, newPage, errors}) => {
        const gadget = await newPage();
        const said = [];
        gadget.on('console', m => said.push(m.text()));
        const begin = Date.now() * 1000;
        await (await openGadget(s, gadget))(SUB_URL, {method: 'PUT'});
        errors.expectRefusal({url: SUB_URL, isPreflight: true});
        await recorded(s, begin);
        await openConsole(s, page, 'explain');
        await page.locator('#explain-console').fill(await until(() => said.find(t => t.includes('blocked')), () => said.join('\n')));
        await page.getByRole('button', {name: 'Explain the line'}).click();
        await page.locator('.result h3', {hasText: 'It would be refused'}).waitFor();
        assert.match(await page.locator('.recognised').textContent(), /Chromium: kPreflightMissingAllowOriginHeader/);
        assert.match(await page.locator('.result .facts').textContent(), /OPTIONS.*cuicsub/);
        assert.match(await page.locator('.recognised').textContent(), /Recorded as exchange \d+ of [^:]+, [\d:.]+: OPTIONS \/cuic\/, 403$/);
        await shot(page, 'explain-line', {fullPage: true});
        await page.locator('.recognised a').click();
        await page.locator('#detail h3', {hasText: 'Refused: Origin not in the allowed list'}).waitFor();
        await page.locator('nav a[data-view="explain"]').click();
        await page.locator('#explain-console').fill('something else');
        await page.getByRole('button', {name: 'Explain the line'}).click();
        await page.getByText('no message that is known here').waitFor();
        errors.expect(/status of 400/);
    });
});
