/* The console for everybody: by keyboard, by ear, in the dark, on a narrow screen, in a flood. */
import assert from 'node:assert/strict';
import {describe} from 'node:test';
import {stage} from './stage.mjs';
import {FROM, SITES, checkAxe, flood, floodAndShow, openConsole, rows, shot, showExchange, until} from './console.mjs';

const VIEWS = ['exchanges', 'settings', 'explain'];

describe('console: for everybody', () => {
    const s = stage({sites: SITES, config: 'console_write = yes'});

    const make = i => ({path: `/cuic/t${i}`, host: i % 2 ? 'cuicsub.uccelab.tac' : 'cuicpub.uccelab.tac',
        method: i % 3 ? 'GET' : 'PUT', headers: i ? {origin: FROM} : {}});
    const traffic = page => floodAndShow(s, page, 6, make);

    for (const [name, options] of Object.entries({
        light: {viewport: {width: 1440, height: 900}, colorScheme: 'light'},
        dark: {viewport: {width: 1440, height: 900}, colorScheme: 'dark'},
        narrow: {viewport: {width: 400, height: 800}, colorScheme: 'light'},
        'narrow and dark': {viewport: {width: 400, height: 800}, colorScheme: 'dark'},
    }))
        s.test(`axe-core, ${name}`, async ({page}) => {
            await openConsole(s, page, 'exchanges', s.lab.console);
            await traffic(page);
            await checkAxe(page, `${name}, the list`);
            await showExchange(page, '/cuic/t5');
            await checkAxe(page, `${name}, an exchange`);
            await shot(page, `exchange-${name.replaceAll(' ', '-')}`, {fullPage: true});
            for (const view of VIEWS.slice(1)) {
                await page.locator(`nav a[data-view="${view}"]`).click();
                await page.locator(`#view-${view} .card`).first().waitFor();
                if (view === 'explain') {
                    await page.locator('#explain-origin').fill(FROM);
                    await page.locator('#explain-node').selectOption('cuicsub');
                    await page.getByRole('button', {name: 'Explain', exact: true}).click();
                    await page.locator('.result .mistake').first().waitFor();
                }
                await checkAxe(page, `${name}, ${view}`);
                await shot(page, `${view}-${name.replaceAll(' ', '-')}`, {fullPage: true});
            }
        }, {context: options});

    s.test('400 pixels: nothing is cut off, and there is a way back', async ({page}) => {
        const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
        await openConsole(s, page);
        await traffic(page);
        for (const view of VIEWS) {
            await page.locator(`nav a[data-view="${view}"]`).click();
            await page.locator(`#view-${view} .card`).first().waitFor();
            assert.ok(await wide() <= 400, `${view}: ${await wide()} pixels`);
        }
        await page.locator('nav a[data-view="exchanges"]').click();
        await floodAndShow(s, page, 1, () => ({path: '/cuic/preflight', method: 'OPTIONS', host: 'cuicsub.uccelab.tac',
            headers: {origin: FROM, 'access-control-request-method': 'PUT'}}));
        await showExchange(page, '/cuic/preflight');
        assert.ok(await page.locator('#list').isHidden());
        assert.ok(await page.locator('.steps').isVisible());
        const steps = await page.locator('.steps li').evaluateAll(list => list.map(li => {
            const {top, bottom, left} = li.getBoundingClientRect();
            return {top, bottom, left, text: li.textContent};
        }));
        assert.ok(steps.some(step => step.text.includes('never sent')));
        for (const [i, step] of steps.entries())
            assert.ok(i === 0 || step.top >= steps[i - 1].bottom && step.left === steps[0].left, `${step.text} lies over another`);
        assert.ok(await wide() <= 400, `an exchange: ${await wide()} pixels`);
        await page.getByRole('button', {name: '← All exchanges'}).click();
        assert.ok(await page.locator('#list').isVisible());
        assert.ok(await page.locator('#detail').isHidden());
    }, {context: {viewport: {width: 400, height: 800}}});

    /** What has the focus, in a few words. */
    const focused = page => page.evaluate(() => {
        const e = document.activeElement;
        return e.id || e.getAttribute('aria-label') || e.textContent.trim().slice(0, 40) || e.tagName;
    });

    s.test('by keyboard alone', async ({page}) => {
        await openConsole(s, page, 'exchanges', s.lab.console);
        await traffic(page);
        await page.keyboard.press('Tab');
        assert.equal(await focused(page), 'Skip to the content');
        await page.keyboard.press('Enter');
        assert.equal(await focused(page), 'main');
        const passed = [];
        while (await focused(page) !== 'list') {
            await page.keyboard.press('Tab');
            passed.push(await focused(page));
            assert.ok(passed.length < 40, passed.join(', '));
        }
        for (const id of ['filter-text', 'filter-node', 'filter-outcome', 'pause'])
            assert.ok(passed.includes(id), `${id} is not on the way: ${passed}`);

        const active = () => page.evaluate(() => {
            const row = document.getElementById(document.getElementById('list').getAttribute('aria-activedescendant'));
            return row && [row.getAttribute('aria-posinset'), row.getAttribute('aria-selected')].join();
        });
        for (const [key, at] of [['ArrowDown', '1,true'], ['ArrowDown', '2,true'], ['ArrowUp', '1,true'], ['ArrowUp', '1,true'],
                                 ['End', `${await page.locator('#list .row').first().getAttribute('aria-setsize')},true`], ['Home', '1,true']]) {
            await page.keyboard.press(key);
            assert.equal(await active(), at, key);
        }
        await page.keyboard.press('Enter');
        assert.equal(await focused(page), 'detail');
        await page.locator('#detail:not([aria-busy]) .diagram svg').waitFor();
        await page.keyboard.press('Tab');
        assert.match(await focused(page), /^Run |^Copy |Request as received/);

        const go = async (view, first) => {
            await page.locator(`nav a[data-view="${view}"]`).focus();
            await page.keyboard.press('Enter');
            await page.locator(`#view-${view}`).waitFor();
            for (let i = 0; await focused(page) !== first; i++) {
                assert.ok(i < 80, `${first} is not reached in ${view}`);
                await page.keyboard.press('Tab');
            }
        };
        await go('explain', 'explain-origin');
        await page.keyboard.type('https://nobody.example');
        await page.keyboard.press('Enter');
        await page.locator('.result h3', {hasText: 'It would be refused'}).waitFor();
        await go('settings', 'add-cuicsub-cuic');
        await page.keyboard.type('https://typed.example');
        await page.keyboard.press('Enter');
        await page.getByRole('button', {name: 'Delete https://typed.example of CUIC on cuicsub'}).waitFor();
        await until(async () => await focused(page) === 'add-cuicsub-cuic', 'the focus stays in the field');
    });

    s.test('a screen reader is told, and not flooded', async ({page}) => {
        await openConsole(s, page);
        await page.evaluate(() => {
            window.said = [];
            new MutationObserver(() => window.said.push({text: document.getElementById('live').textContent, at: performance.now()}))
                .observe(document.getElementById('live'), {childList: true, characterData: true, subtree: true});
        });
        await flood(s, 500, i => ({path: `/cuic/f${i}`, headers: {origin: 'https://nobody.example'}}));
        const said = await until(async () => {
            const list = await page.evaluate(() => window.said);
            return list.length > 0 && list;
        }, 'it is told');
        assert.match(said[0].text, /^\d+ new exchanges?, \d+ refused/);
        for (const [i, {text, at}] of said.entries()) /* many, if the flood lasted so long */
            assert.ok(i === 0 || at - said[i - 1].at > 14000, `${text}: ${at - said[i - 1]?.at} ms after the one before`);
        assert.equal(await page.locator('#live').getAttribute('aria-live'), 'polite');
    });

    s.test('less motion', async ({page}) => {
        await openConsole(s, page);
        assert.equal(await page.locator('.dot').evaluate(e => getComputedStyle(e).animationName), 'none');
    }, {context: {reducedMotion: 'reduce'}});

    s.test('10,000 exchanges: the page stays bounded, and answers', async ({page, context}) => {
        const N = 10000;
        const figures = {};
        const client = await context.newCDPSession(page);
        const heap = async () => {
            await client.send('HeapProfiler.collectGarbage');
            return Math.round((await client.send('Runtime.getHeapUsage')).usedSize / 1e5) / 10;
        };
        await openConsole(s, page);
        await page.locator('#clear').click();
        figures['heap before, MB'] = await heap();
        let begin = Date.now();
        await flood(s, N, i => ({path: `/cuic/many${i}`, host: i % 4 ? 'cuicpub.uccelab.tac' : 'cuicsub.uccelab.tac', headers: {origin: FROM}}));
        figures['sending, ms'] = Date.now() - begin;
        begin = Date.now();
        await flood(s, 1, () => ({path: '/cuic/the-last'}));
        await rows(page, '/cuic/the-last').waitFor();
        figures['the last one shown after, ms'] = Date.now() - begin;
        const size = await page.evaluate(() => ({
            nodes: document.querySelectorAll('*').length, rows: document.querySelectorAll('#list .row').length,
            total: Number(document.querySelector('#list .row').getAttribute('aria-setsize')),
        }));
        figures['elements'] = size.nodes;
        figures['rows in the document'] = size.rows;
        figures['exchanges in the list'] = size.total;
        figures['heap after, MB'] = await heap();
        assert.ok(size.nodes < 2000, `${size.nodes} elements`);
        assert.ok(size.rows < 60, `${size.rows} rows`);
        assert.ok(size.total <= 5000, `${size.total} exchanges`);
        assert.ok(size.total > 500, `${size.total} exchanges`);
        begin = Date.now();
        await showExchange(page, '/cuic/the-last');
        figures['click to diagram, ms'] = Date.now() - begin;
        begin = Date.now();
        await page.locator('#filter-node').selectOption('cuicsub');
        await page.locator('#list-status', {hasText: ' of '}).waitFor();
        figures['filter, ms'] = Date.now() - begin;
        await page.locator('#list').focus();
        await page.keyboard.press('End');
        await page.locator('#list .row[aria-selected="true"]').waitFor();
        console.log(`10,000 exchanges: ${JSON.stringify(figures)}`);
        await shot(page, 'ten-thousand');
    });
});
