/* The Finesse desktop and its gadget container, in Chromium: signing in, tabs, gadgets that use
 * Finesse's and OpenSocial's interfaces, gadgets that cannot be shown, access and small windows. */
import assert from 'node:assert/strict';
import {before, describe} from 'node:test';
import {PUB, SUB, until} from './lab.mjs';
import {idleAgent} from './agents.mjs';
import {openDesktop} from './gadgets.mjs';
import {FROM, stage} from './stage.mjs';
import {
    checkAxe, checkWidth, FILES, gadget, gadgetXml, LAB, layoutXml, OTHER, put, scriptXml, shot, signIn,
} from './desktop.mjs';

const CUIC_GADGET = `https://${PUB}:8444/cuicui/gadget/LiveData/LiveDataGadget.xml?gadgetHeight=310` +
    '&amp;viewId_1=99E6C8E210000141000000D80A0006C4&amp;filterId_1=agent.id=CL%20teamName';

/* What a gadget shows by itself: files beside it, preferences, user preferences, messages. */
const PLAIN = {
    'gadgets/plain/plain.xml': gadgetXml('Plain gadget', `<link rel="stylesheet" href="css/plain.css">
<p id="here">Hello, __UP_greeting__</p><img src="img/dot.svg" alt="a dot" width="20" height="20">
<p><a href="#end">To the end</a></p><div id="result"></div><div style="height: 700px"></div>
<p id="end">The end</p><script src="js/plain.js"></script>`,
    '\n  <UserPref name="greeting" default_value="world"/>'),
    'gadgets/plain/css/plain.css': '#here { color: rgb(0, 64, 128); }',
    'gadgets/plain/img/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">' +
        '<circle cx="1" cy="1" r="1"/></svg>',
    'gadgets/plain/js/plain.js': `gadgets.util.registerOnLoadHandler(function () {
    var prefs = new gadgets.Prefs();
    document.getElementById('result').textContent = [prefs.getString('loginId'),
        prefs.getString('host') + ':' + prefs.getString('hostPort'), prefs.getString('greeting'),
        window.location.origin, gadgets.views.getCurrentView().getName()].join(' ');
    gadgets.window.adjustHeight();
});`,
};

/* Two gadgets that watch the agent; one of them changes its state, and says so to the other. */
const TALKING = {
    'gadgets/talk/set.xml': scriptXml('Set', '<button id="ready">Ready</button>' +
        '<button id="tab">Other tab</button><p id="failed"></p>', `
    var user = new finesse.restservices.User({id: finesse.gadget.Config.id});
    var container = finesse.containerservices.ContainerServices.init();
    $('#ready').on('click', function () {
        user.setState(finesse.restservices.User.States.READY, undefined, {
            error: function (r) { $('#failed').text(r.error.errorMessage); },
        });
        gadgets.Hub.publish('test.talk.said', {word: 'ready', n: 2});
    });
    $('#tab').on('click', function () { container.activateTab('second'); });`),
    'gadgets/talk/watch.xml': scriptXml('Watch', '<p id="state"></p><p id="said"></p><p id="calls"></p>', `
    function show(user) {
        $('#state').text(user.getFullName() + ': ' +
            [user.getState(), user.getReasonCodeLabel()].filter(Boolean).join(' '));
        gadgets.window.adjustHeight();
    }
    new finesse.restservices.User({id: finesse.gadget.Config.id, onLoad: function (user) {
        show(user);
        user.getDialogs({onLoad: function (dialogs) {
            $('#calls').text(Object.keys(dialogs.getCollection()).length + ' calls');
            gadgets.window.adjustHeight();
        }});
    }, onChange: show});
    gadgets.Hub.subscribe('test.*.said', function (topic, data) {
        $('#said').text(topic + ' ' + data.word + ' ' + data.n);
    });`),
    'gadgets/talk/second.xml': scriptXml('Second', '<p id="seen">not yet</p>', `
    finesse.containerservices.ContainerServices.init();
    finesse.containerservices.ContainerServices.addHandler('tabVisible', function () {
        $('#seen').text('seen');
    });`),
};

/* Calls of CUIC from the gadget's page, and by Finesse's server. */
const ASKING = {
    'gadgets/ask/ask.xml': gadgetXml('Ask', `<p id="pub"></p><p id="sub"></p><p id="server"></p><script>
gadgets.util.registerOnLoadHandler(function () {
    function show(id, url) {
        fetch(url, {method: 'OPTIONS'}).then(function (r) { return r.status; }, String)
            .then(function (text) { document.getElementById(id).textContent = text; });
    }
    show('pub', 'https://${PUB}/cuic/');
    show('sub', 'https://${SUB}/cuic/');
    gadgets.io.makeRequest('https://${SUB}:8444/cuic/', function (r) {
        document.getElementById('server').textContent = r.rc + ' ' + /node cuicsub/.test(r.text);
    });
});
</script>`),
};

const url = name => `${FILES}${name}.xml`;

describe('desktop', () => {
    const s = stage(LAB);
    const lay = (...tabs) => put(s, {'layout.xml': layoutXml(tabs)});

    before(() => put(s, {...PLAIN, ...TALKING, ...ASKING}));

    /* ---- signing in ---- */

    s.test('signs an agent in with one click, and out', async ({page}) => {
        lay(['home', 'Home', [url('plain/plain')]]);
        await page.goto(`${FROM}/`);
        assert.match(page.url(), /\/desktop\/logon$/);
        await page.getByText('This is cuicsim, a simulator').waitFor();
        await page.locator('#quick').getByRole('button', {name: 'Agent'}).click();
        const header = page.getByRole('banner');
        await header.getByText('finessep', {exact: true}).waitFor();
        await header.getByText(FROM).waitFor();
        await header.getByText(/^Agent, .*, ext\. \d+$/).waitFor();
        await page.getByRole('button', {name: 'Sign out'}).click();
        await page.waitForURL('**/desktop/logon');
        await page.goto(`${FROM}/desktop/`);
        assert.match(page.url(), /\/desktop\/logon$/);
    });

    /* Else what waits for news is answered with 401 when the agent is let go, on the console too. */
    s.test('asks for no more news when it signs out', async ({page}) => {
        const waiting = new Set();
        const isNews = request => request.url().includes('/desktop/sim/news?');
        page.on('request', request => isNews(request) && waiting.add(request));
        for (const end of ['requestfailed', 'requestfinished'])
            page.on(end, request => waiting.delete(request));
        const statuses = new Set();
        page.on('response', answer => isNews(answer.request()) && statuses.add(answer.status()));
        let left = null; /* how many waited when the session ended */
        page.on('response', answer => {
            if (answer.request().method() === 'DELETE' && answer.url().endsWith('/desktop/sim/session'))
                left = waiting.size;
        });
        const waits = page.waitForRequest(/\/desktop\/sim\/news\?since=[1-9]/);
        lay(['home', 'Home', [url('plain/plain')]]);
        await openDesktop(page, await idleAgent(s.lab)); /* there are no news, so that it waits for some */
        await waits;
        await page.getByRole('button', {name: 'Sign out'}).click();
        await page.waitForURL('**/desktop/logon');
        assert.equal(left, 0);
        assert.deepEqual([...statuses], [200]);
    });

    s.test('finds anybody by name with the keyboard alone', async ({page}) => {
        await page.goto(`${FROM}/desktop/logon`);
        await page.getByText('40 found').waitFor();
        await page.getByLabel('Search by name, id, login or team').focus();
        await page.keyboard.type('agent1012');
        await page.getByText('1 found', {exact: true}).waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.getByRole('banner').getByText('(1012)').waitFor();
        assert.equal(await page.evaluate(() => document.cookie), '', 'no script reads the session');
    });

    s.test('is one node\'s: each name is an origin of its own', async ({page, newPage}) => {
        await signIn(page);
        /* In the same page Chromium may ask for the old page's icon under the new page's policy. */
        const other = await newPage();
        await other.bringToFront();
        await other.goto(`${OTHER}/desktop/`);
        assert.match(other.url(), /\/desktop\/logon$/);
        await other.getByText(OTHER, {exact: true}).waitFor();
    });

    /* ---- the layout ---- */

    s.test('has tabs that the arrow keys move along', async ({page}) => {
        lay(['home', 'Home', [url('plain/plain')]], ['second', 'Second', [url('talk/second')]],
            ['third', 'Third', []]);
        await signIn(page);
        const tab = name => page.getByRole('tab', {name});
        const shown = async name => {
            await page.getByRole('tab', {name, selected: true}).waitFor();
            await page.getByRole('tabpanel', {name}).waitFor();
            assert.equal(await page.getByRole('tabpanel').count(), 1);
            assert.equal(await page.evaluate(() => document.activeElement.textContent), name);
        };
        await tab('Home').focus();
        for (const [key, name] of [['ArrowRight', 'Second'], ['ArrowRight', 'Third'],
                                   ['ArrowRight', 'Home'], ['ArrowLeft', 'Third'], ['Home', 'Home'],
                                   ['End', 'Third']]) {
            await page.keyboard.press(key);
            await shown(name);
        }
        await page.getByText('The layout has no gadget here.').waitFor();
        await page.reload();
        await page.getByRole('tab', {name: 'Third', selected: true}).waitFor();
    });

    s.test('tells what is wrong with the layout, and mends with it', async ({page}) => {
        put(s, {'layout.xml': '<finesseLayout><layout></finesseLayout>'});
        await signIn(page);
        await page.getByRole('alert').getByText(/The layout cannot be used\. .*layout\.xml/).waitFor();
        lay(['home', 'Home', [url('plain/plain')]]);
        await page.reload();
        await gadget(page, 'Plain gadget').getByText('Hello, world').waitFor();
    });

    /* ---- gadgets ---- */

    s.test('shows a gadget\'s files, preferences and height', async ({page}) => {
        lay(['home', 'Home', [url('plain/plain')]]);
        await signIn(page);
        const frame = gadget(page, 'Plain gadget');
        await frame.getByText(`1002 finessep.uccelab.tac:8445 world ${FROM} default`).waitFor();
        assert.equal(await frame.locator('#here').evaluate(e => getComputedStyle(e).color),
                     'rgb(0, 64, 128)');
        assert.ok(await frame.locator('img').evaluate(e => e.decode().then(() => e.naturalWidth > 0)));
        await page.getByRole('heading', {name: 'Plain gadget'}).waitFor();
        const iframe = page.locator('iframe');
        await until(async () => (await iframe.boundingBox()).height > 750, 'the frame is as high');
        await frame.getByText('To the end').click();
        await frame.getByText('Hello, world').waitFor(); /* the page has not gone elsewhere */
    });

    s.test('changes the agent\'s state, which header and gadgets learn of', async ({page}) => {
        lay(['home', 'Home', [url('talk/set'), url('talk/watch')]],
            ['second', 'Second', [url('talk/second')]]);
        await openDesktop(page, await idleAgent(s.lab));
        const watch = gadget(page, 'Watch');
        const header = page.locator('#state');
        await watch.getByText(/^[^:]+: NOT_READY$/).waitFor();
        await watch.getByText('0 calls').waitFor();
        await page.getByLabel('Change state').selectOption({label: 'Not Ready - Lunch'});
        await watch.getByText(/: NOT_READY Lunch$/).waitFor();
        await header.filter({hasText: /^Not Ready - Lunch$/}).waitFor();
        await gadget(page, 'Set').getByRole('button', {name: 'Ready'}).click();
        await watch.getByText('test.talk.said ready 2').waitFor();
        /* From then on calls may come. */
        await watch.getByText(/: (READY|RESERVED|TALKING|HOLD|WORK)$/).waitFor();
        await header.filter({hasText: /^(Ready|Reserved|Talking|Hold|Wrap-Up)$/}).waitFor();
        assert.equal(await gadget(page, 'Set').locator('#failed').textContent(), '');
        await gadget(page, 'Set').getByRole('button', {name: 'Other tab'}).click();
        await page.getByRole('tab', {name: 'Second', selected: true}).waitFor();
        await gadget(page, 'Second').getByText('seen').waitFor();
    });

    s.test('runs gadgets on Finesse\'s origin: CUIC\'s list decides', async ({page, errors, newPage}) => {
        const sub = {url: `https://${SUB}/cuic/`, isPreflight: true};
        lay(['home', 'Home', [url('ask/ask')]]);
        await signIn(page);
        const frame = gadget(page, 'Ask');
        await frame.locator('#pub', {hasText: '200'}).waitFor();
        await frame.locator('#sub', {hasText: 'TypeError: Failed to fetch'}).waitFor();
        await frame.locator('#server', {hasText: '200 true'}).waitFor(); /* no browser in between */
        errors.expectRefusal(sub);
        const list = words => s.lab.must(`utils cuic cors allowed_origin ${words} ${FROM}`, 'cuicsub');
        await list('add');
        await page.getByRole('button', {name: 'Reload'}).click();
        await frame.locator('#sub', {hasText: '200'}).waitFor();
        await list('delete');
        const other = await newPage();
        await other.bringToFront();
        await signIn(other, 'Agent', OTHER);
        await gadget(other, 'Ask').locator('#pub', {hasText: '200'}).waitFor();
        await gadget(other, 'Ask').locator('#sub', {hasText: '200'}).waitFor();
    });

    s.test('shows a gadget of CUIC\'s, fetched by the server', async ({page}) => {
        lay(['home', 'Home', [CUIC_GADGET]]);
        await signIn(page);
        const frame = page.locator('iframe').contentFrame();
        await frame.locator('table tbody tr').first().waitFor();
        assert.match(page.frames()[1].url(), new RegExp(`^${FROM}/gadgets/ifr`));
        assert.match(await frame.locator('base').getAttribute('href'), /^https:\/\/cuicpub\.uccelab\.tac:8444\//);
    });

    s.test('loads a gadget again on demand', async ({page}) => {
        const version = n => put(s, {'gadgets/again.xml': gadgetXml('Again', `<p>version ${n}</p>`)});
        version(1);
        lay(['home', 'Home', [url('again')]]);
        await signIn(page);
        await gadget(page, 'Again').getByText('version 1').waitFor();
        version(2);
        await page.getByRole('button', {name: 'Reload'}).click();
        await gadget(page, 'Again').getByText('version 2').waitFor();
    });

    /* ---- what goes wrong ---- */

    const BROKEN = {
        'gadgets/bomb.xml': '<!DOCTYPE M [<!ENTITY a "b">]><Module>&a;</Module>',
        'gadgets/odd.xml': '<Module><ModulePrefs title="Odd"><Require feature="flash"/></ModulePrefs>' +
            '<Content type="html">x</Content></Module>',
    };
    const broken = () => {
        put(s, BROKEN);
        lay(['home', 'Home', [url('bomb'), url('odd'), url('nothing')],
             [`https://${PUB}:1/x.xml`, `https://${PUB}:8444/cuicui/gadget/nothing.xml`,
              '/desktop/scripts/js/queueStatistics.js', url('plain/plain')]]);
    };

    s.test('says in a gadget\'s place why it cannot be shown', async ({page, errors}) => {
        broken();
        errors.expect(/Failed to load resource: the server responded with a status of 50[04]/);
        errors.expect(/Failed to load resource: the server responded with a status of 404/);
        await signIn(page);
        for (const [name, text] of [
            ['bomb.xml', 'DOCTYPE'], ['odd.xml', 'flash'],
            ['nothing.xml >> nth=0', 'There is no such file in the gadget folder.'],
            ['x.xml', 'Nobody answered Finesse\'s server at this host and port.'],
            ['nothing.xml >> nth=1', 'HTTP error 404'],
        ]) {
            const [title, nth] = name.split(' >> nth=');
            const iframe = page.locator(`iframe[title="${title}"]`).nth(Number(nth ?? 0));
            await iframe.contentFrame().getByText(text).first().waitFor();
            await until(async () => (await iframe.boundingBox()).height > 60, `${name} is legible`);
        }
        await page.getByText('queueStatistics.js is a component of Finesse itself').waitFor();
        await gadget(page, 'Plain gadget').getByText('Hello, world').waitFor();
        await page.getByText('Notes and log of gadgets').click();
        await page.locator('#entries').getByText('Unable to retrieve spec for').first().waitFor();
    });

    s.test('goes on when Finesse is back', async ({page, errors}) => {
        errors.allow(/Failed to load resource|Failed to fetch/);
        lay(['home', 'Home', [url('talk/watch')]]);
        await openDesktop(page, await idleAgent(s.lab));
        await gadget(page, 'Watch').getByText(/calls/).waitFor();
        await gadget(page, 'Watch').getByText(/: NOT_READY$/).waitFor();
        await s.lab.must('utils service stop Cisco Finesse Tomcat', 'finessep');
        /* Before, this could be said over what follows. */
        await page.getByRole('alert').getByText('Finesse does not answer.').waitFor();
        await page.getByLabel('Change state').selectOption({label: 'Ready'});
        await page.getByRole('alert').getByText('The state was not changed: status 502').waitFor();
        await s.lab.must('utils service start Cisco Finesse Tomcat', 'finessep');
        await page.getByLabel('Change state').selectOption({label: 'Ready'});
        await gadget(page, 'Watch').getByText(/: (READY|RESERVED|TALKING|HOLD|WORK)$/).waitFor();
        await page.getByRole('alert').waitFor({state: 'hidden'});
    });

    s.test('shows a gadget\'s title as text, whatever is in it', async ({page}) => {
        put(s, {'gadgets/title.xml': gadgetXml('&lt;img src=x onerror=alert(1)&gt;', '<p>titled</p>')});
        lay(['home', 'Home', [url('title')]]);
        page.on('dialog', () => assert.fail('a script of a title ran'));
        await signIn(page);
        await page.getByRole('heading', {name: '<img src=x onerror=alert(1)>'}).waitFor();
        await page.locator('iframe').contentFrame().getByText('titled').waitFor();
    });

    /* ---- for everybody, on every screen ---- */

    for (const [width, scheme] of [[1280, 'light'], [400, 'light'], [1280, 'dark'], [400, 'dark']])
        s.test(`can be used at ${width} pixels, ${scheme}`, async ({page, errors}) => {
            const check = async name => {
                await checkAxe(page, `${name} at ${width}, ${scheme}`, 'cuicui');
                await checkWidth(page, `${name} at ${width}`);
                await shot(page, `${name}-${width}-${scheme}`);
            };
            await page.goto(`${FROM}/desktop/logon`);
            await page.getByText('40 found').waitFor();
            await check('logon');
            lay(['home', 'Home', [url('talk/watch')], [url('plain/plain')]],
                ['live', 'Live Data', [CUIC_GADGET]]);
            await signIn(page, 'Supervisor');
            await gadget(page, 'Watch').getByText(/calls/).waitFor();
            await gadget(page, 'Plain gadget').getByText('1001 finessep').waitFor();
            await check('home');
            await page.getByRole('tab', {name: 'Live Data'}).click();
            await page.locator('#panel_live iframe').contentFrame().locator('tbody tr').first().waitFor();
            await check('live');
            broken();
            errors.expect(/Failed to load resource/);
            await page.reload();
            await page.locator('section.failed').nth(4).waitFor();
            await page.getByText('Notes and log of gadgets').click();
            await check('broken');
        }, {context: {viewport: {width, height: 800}, colorScheme: scheme}});
});
